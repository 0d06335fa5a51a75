package dev.ratematch.harness.plant;

import dev.ratematch.harness.sim.EventQueue;

/// What engines need of the cluster around them: the clock, and somebody to hand requests on to.
interface EngineContext {

    EventQueue queue();

    PlantSettings settings();

    /// A prefill replica begins with a request, so that a place to push its KV to can be sought.
    void prefillStarts(Job job);

    /// A prompt is in KV.
    void prefillDone(Job job);

    /// Decode has room for a request.
    void admitted(Job job);

    void firstToken(Job job, long nanos);

    void completed(Job job, long nanos);

    /// A request is lost with its replica.
    void dropped(Job job);

    /// A replica has less to do than before; it may have drained.
    void relieved();

    /// How decode speculates now.
    Speculation speculation();

    /// Factor on every step time that slow drift has brought by now.
    double drift();
}
