package dev.ratematch.harness.foreign;

/// The life of a replica: it waits for GPUs, starts, serves, answers what it has, and is gone.
abstract class Replica {

    static final double NEVER = Double.POSITIVE_INFINITY;

    /// Where in its life it is.
    enum Stage {
        PENDING,
        STARTING,
        READY,
        DRAINING,
        GONE
    }

    final Site.Engine engine;
    Stage stage = Stage.PENDING;

    /// When a starting one serves, or an empty draining one is gone.
    double dueAt = NEVER;

    Replica(Site.Engine engine) {
        this.engine = engine;
    }

    /// When something happens here next.
    abstract double next();

    /// Brings it up to the present.
    abstract void wake(double now);

    /// Requests that are bound to it.
    abstract int bound();

    /// Requests that wait here.
    abstract int queued();

    /// Share of its KV in use.
    abstract double used();

    /// Whether it has nothing left to answer or to hold.
    abstract boolean empty();

    boolean holdsGpus() {
        return stage == Stage.STARTING || stage == Stage.READY || stage == Stage.DRAINING;
    }

    boolean serves() {
        return stage == Stage.READY || stage == Stage.DRAINING;
    }
}
