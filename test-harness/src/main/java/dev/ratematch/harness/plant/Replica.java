package dev.ratematch.harness.plant;

/// The engine inside a pod.
interface Replica {

    EngineId id();

    /// Who is told of what happens in it.
    EngineObserver observer();

    /// Requests that it has to do with, in any way.
    int load();

    /// Work waiting and under way, in the unit by which the router compares replicas of one pool.
    double pressure();

    /// What it has in hand now; whoever observes it has been told everything until now.
    EngineState state();

    /// Iterations begun, or steps made, so far.
    long iterations();

    /// Ends at once; every request in it is lost.
    void kill();
}
