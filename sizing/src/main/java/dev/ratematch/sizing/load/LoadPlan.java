package dev.ratematch.sizing.load;

import dev.ratematch.costmodel.phase.CompiledWorker;

/// A fleet with one shape per role under a load.
///
/// @param prefill every prefill engine
/// @param decode every decode engine
/// @param prefillReplicas how many
/// @param decodeReplicas how many
/// @param requestsPerSecond the load; for clients what they come to
/// @param latencies at that load
/// @param prefillBusy share of prefill's full iterations that the load takes
/// @param decodeBusy share of decode's full batches that the load takes
/// @param prefillMostRequestsPerSecond load at which prefill stops keeping TTFT, or its links fill
/// @param decodeMostRequestsPerSecond load at which decode stops keeping ITL, or its links fill
/// @param withoutOnePrefill load that is kept when a prefill engine is lost, requests per second
/// @param withoutOneDecode the same for a decode engine
public record LoadPlan(
        CompiledWorker prefill,
        CompiledWorker decode,
        int prefillReplicas,
        int decodeReplicas,
        double requestsPerSecond,
        Latencies latencies,
        double prefillBusy,
        double decodeBusy,
        double prefillMostRequestsPerSecond,
        double decodeMostRequestsPerSecond,
        double withoutOnePrefill,
        double withoutOneDecode) {

    static LoadPlan of(
            EnginePair pair, int prefillReplicas, int decodeReplicas, double requestsPerSecond) {
        return new LoadPlan(
                pair.prefill(),
                pair.decode(),
                prefillReplicas,
                decodeReplicas,
                requestsPerSecond,
                pair.latencies(prefillReplicas, decodeReplicas, requestsPerSecond),
                pair.prefillBusy(prefillReplicas, requestsPerSecond),
                pair.decodeBusy(decodeReplicas, requestsPerSecond),
                pair.prefillRate(prefillReplicas),
                pair.decodeRate(decodeReplicas),
                pair.rate(prefillReplicas - 1, decodeReplicas),
                pair.rate(prefillReplicas, decodeReplicas - 1));
    }

    /// GPUs of both pools.
    public int gpus() {
        return prefillReplicas * prefill.gpus() + decodeReplicas * decode.gpus();
    }

    /// The load at which the first promise is broken, requests per second.
    public double mostRequestsPerSecond() {
        return Math.min(prefillMostRequestsPerSecond, decodeMostRequestsPerSecond);
    }

    /// What is kept whichever engine is lost, requests per second.
    double withoutOne() {
        return Math.min(withoutOnePrefill, withoutOneDecode);
    }
}
