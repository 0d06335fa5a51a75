package dev.ratematch.controller.observe;

/// Replicas of both pools.
public record Sizes(int prefill, int decode) {

    /// Replicas of one pool.
    public int of(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// The same with another count of one pool.
    public Sizes with(Role role, int replicas) {
        return role == Role.PREFILL ? new Sizes(replicas, decode) : new Sizes(prefill, replicas);
    }

    /// The same with more replicas of one pool, or fewer.
    public Sizes plus(Role role, int replicas) {
        return with(role, of(role) + replicas);
    }

    /// Whether a pool is smaller than in another pair.
    public boolean takesFrom(Sizes other) {
        return prefill < other.prefill || decode < other.decode;
    }

    /// The pair as people write it, such as `3P5D`.
    public String ratio() {
        return "%dP%dD".formatted(prefill, decode);
    }
}
