package dev.ratematch.harness.steady;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.transfer.Lanes;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.PoolShape;
import dev.ratematch.harness.sim.Noise;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// Poisson arrivals at one rate on a fleet that does not change: what the queueing law says of it,
/// and what the simulated cluster does.
///
/// @param plant the engines; its budget covers the fleet
/// @param prefillReplicas fixed
/// @param decodeReplicas fixed
/// @param mix lengths of the requests
public record SteadyLoad(PlantSettings plant, int prefillReplicas, int decodeReplicas, Mix mix) {

    private static final double SECONDS = 1e9;

    /// Promises so wide that no bisection ends at them: the law is asked for latencies, not rates.
    private static final double ANY_SECONDS = 1e6;

    /// Requests that are counted, after as many as it takes for batches to fill.
    private static final int COUNTED = 8000;

    /// Stays of a request, first token to last, before anything is counted.
    private static final double STAYS_TO_FILL = 3;

    /// Lengths of requests.
    ///
    /// @param inputTokens mean ISL
    /// @param outputTokens mean OSL
    /// @param spread lengths lie between `1 - spread` and `1 + spread` times the mean, all alike
    public record Mix(int inputTokens, int outputTokens, double spread) {

        /// Squared coefficient of variation of a uniform distribution that wide.
        double cv2() {
            return spread * spread / 3;
        }
    }

    /// Latencies of requests, seconds.
    ///
    /// @param ttft50 median time to first token
    /// @param ttft95 95th percentile
    /// @param itl50 median over requests of their mean inter-token latency
    /// @param itl95 95th percentile
    public record Latencies(double ttft50, double ttft95, double itl50, double itl95) {}

    /// The most requests per second that full iterations and full batches carry.
    double saturatedRequestsPerSecond(Laws laws) {
        return capacity(laws, 1, 95).saturatedRequestsPerSecond(prefillReplicas, decodeReplicas);
    }

    /// What the law says.
    Latencies predicted(Laws laws, double requestsPerSecond) {
        var median = capacity(laws, requestsPerSecond, 50);
        var tail = capacity(laws, requestsPerSecond, 95);
        return new Latencies(
                median.ttftSeconds(prefillReplicas, decodeReplicas, requestsPerSecond),
                tail.ttftSeconds(prefillReplicas, decodeReplicas, requestsPerSecond),
                median.itlAtPercentileSeconds(decodeReplicas, requestsPerSecond),
                tail.itlAtPercentileSeconds(decodeReplicas, requestsPerSecond));
    }

    /// What the simulated cluster does.
    Latencies simulated(double requestsPerSecond, long seed) {
        double stay = mix.outputTokens() * plant.decode().steps().decodeSeconds(64, 64 * 4096.0);
        double warm = STAYS_TO_FILL * stay + 30;
        double end = warm + COUNTED / requestsPerSecond;
        var trace = poisson(requestsPerSecond, end, seed);
        var cluster = new Cluster(plant, trace);
        cluster.scale(Role.PREFILL, prefillReplicas);
        cluster.scale(Role.DECODE, decodeReplicas);
        cluster.runUntil(Math.round((end + 4 * stay + 600) * SECONDS));
        int first = trace.firstAt(Math.round(warm * SECONDS));
        int count = trace.requests().size() - first;
        var ttft = new double[count];
        var itl = new double[count];
        var log = cluster.log();
        for (int i = 0; i < count; i++) {
            var request = trace.requests().get(first + i);
            long token = log.firstTokenNanos(first + i);
            ttft[i] = (token - request.arrivalNanos()) / SECONDS;
            itl[i] =
                    (log.endNanos(first + i) - token)
                            / SECONDS
                            / Math.max(1, request.outputTokens() - 1);
        }
        Arrays.sort(ttft);
        Arrays.sort(itl);
        return new Latencies(at(ttft, 0.5), at(ttft, 0.95), at(itl, 0.5), at(itl, 0.95));
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    private Trace poisson(double requestsPerSecond, double seconds, long seed) {
        var noise = new Noise(seed);
        IntUnaryOperator length =
                mean ->
                        (int)
                                Math.max(
                                        2,
                                        Math.round(
                                                mean
                                                        * (1
                                                                + mix.spread()
                                                                        * (2 * noise.uniform()
                                                                                - 1))));
        var requests = new ArrayList<Request>();
        for (double at = 0; ; ) {
            at -= StrictMath.log(1 - noise.uniform()) / requestsPerSecond;
            if (at >= seconds) {
                break;
            }
            requests.add(
                    new Request(
                            Math.round(at * SECONDS),
                            length.applyAsInt(mix.inputTokens()),
                            length.applyAsInt(mix.outputTokens()),
                            Request.NONE));
        }
        return new Trace("steady", requests, Math.round(seconds * SECONDS));
    }

    private Capacity capacity(Laws laws, double requestsPerSecond, double percentile) {
        var slo = new Slo(ANY_SECONDS, ANY_SECONDS, percentile);
        var spec =
                new ServiceSpec(
                        slo,
                        plant.gpus(),
                        pool(plant.prefill()),
                        pool(plant.decode()),
                        plant.link(),
                        plant.kvBytesPerToken(),
                        plant.layers(),
                        Tuning.DEFAULT);
        return new Capacity(spec, laws, workload(requestsPerSecond));
    }

    private WorkloadEstimate workload(double requestsPerSecond) {
        return new WorkloadEstimate(
                requestsPerSecond,
                mix.inputTokens(),
                mix.inputTokens(),
                mix.cv2(),
                mix.outputTokens(),
                mix.cv2(),
                1,
                60,
                1,
                0,
                0,
                0,
                10);
    }

    private static PoolSpec pool(PoolShape shape) {
        return new PoolSpec(
                shape.gpus(),
                1,
                1000,
                60,
                60,
                shape.maxBatchedTokens(),
                shape.maxSequences(),
                shape.kvTokens(),
                Lanes.each(shape.gpus()));
    }
}
