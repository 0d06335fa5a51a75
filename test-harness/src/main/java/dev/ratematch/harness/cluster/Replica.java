package dev.ratematch.harness.cluster;

/// The engine inside a pod.
interface Replica {

    /// Requests that it has to do with, in any way.
    int load();

    /// Work waiting and under way, in the unit by which the router compares replicas of one pool.
    double pressure();

    /// Prompt tokens in hand that it has still to compute.
    default long promptTokens() {
        return 0;
    }

    /// Brings counters up to the present, before they are read.
    void settle();

    /// What it exposes.
    EngineMetrics metrics();

    /// Requests waiting to be begun.
    int waiting();

    /// Of those, the ones that wait for KV to arrive or for room for it.
    int waitingForKv();

    /// Of those, the ones that have room here and whose KV is on its way.
    default int arriving() {
        return 0;
    }

    /// Requests that will come here and are elsewhere still, where that is known in advance.
    default int expected() {
        return 0;
    }

    /// Requests that are done here and whose KV is held until decode has it.
    default int held() {
        return 0;
    }

    /// Requests being computed.
    int running();

    /// Share of KV in use.
    double kvUsed();

    /// Ends at once; every request in it is lost.
    void kill();
}
