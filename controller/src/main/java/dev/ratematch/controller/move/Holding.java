package dev.ratematch.controller.move;

import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.spec.ServiceSpec;

/// One pool's replicas as whole numbers: the one place where it is said how many hold GPUs.
/// Starting and pending replicas that nobody counts are covered by the commanded count.
///
/// @param desired commanded
/// @param ready serving
/// @param starting not serving yet, scheduled or not
/// @param draining leaving, and holding their GPUs still
public record Holding(int desired, int ready, int starting, int draining) {

    /// What a reading says; draining replicas that nobody counts are none.
    public static Holding seen(PoolReading pool) {
        return presuming(pool, 0);
    }

    /// What a reading says.
    ///
    /// @param leaving draining replicas to presume where nobody counts them
    static Holding presuming(PoolReading pool, int leaving) {
        int ready = (int) pool.ready().orElse(0);
        int starting = (int) (pool.starting().orElse(0) + pool.pending().orElse(0));
        int desired = (int) pool.desired().orElse(ready + starting);
        return new Holding(desired, ready, starting, (int) pool.draining().orElse(leaving));
    }

    /// Pods that exist, or are commanded and about to.
    public int claimed() {
        return Math.max(ready + starting, desired);
    }

    /// Replicas whose GPUs nobody else can have.
    public int held() {
        return claimed() + draining;
    }

    /// GPUs of both pools that nobody else can have. One replica of two roles has its GPUs once,
    /// although until it has changed over the one role has it still and the other is to have it.
    public static int gpus(Holding prefill, Holding decode, ServiceSpec spec) {
        if (!spec.switching().possible()) {
            return spec.gpus(prefill.held(), decode.held());
        }
        int claimed =
                Math.max(
                        prefill.present() + decode.present(), prefill.desired() + decode.desired());
        return (claimed + prefill.draining() + decode.draining()) * spec.prefill().gpusPerReplica();
    }

    /// GPUs of one role, such that those of both add up to [#gpus(Holding, Holding, ServiceSpec)]:
    /// a replica that changes its role has its GPUs in the role that it has still.
    public static int gpus(Role role, Holding prefill, Holding decode, ServiceSpec spec) {
        var own = role == Role.PREFILL ? prefill : decode;
        int each = spec.pool(role).gpusPerReplica();
        if (!spec.switching().possible()) {
            return own.held() * each;
        }
        int commanded = prefill.desired() + decode.desired();
        int coming = Math.max(0, commanded - prefill.present() - decode.present());
        int toPrefill = Math.clamp(prefill.desired() - prefill.present(), 0, coming);
        int toOwn = role == Role.PREFILL ? toPrefill : coming - toPrefill;
        return (own.present() + toOwn + own.draining()) * each;
    }

    /// Replicas that exist, in whatever state but leaving.
    int present() {
        return ready + starting;
    }

    /// The same with another count commanded.
    Holding commanding(int replicas) {
        return new Holding(replicas, ready, starting, draining);
    }

    boolean settled(int to) {
        return ready == to && starting == 0 && draining == 0;
    }
}
