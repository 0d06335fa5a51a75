package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.GpuWidth;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/// What sessions under test are shown, and for which service. No cluster is needed.
final class Looks {

    /// Of one look, and so of each window, seconds.
    static final double WINDOW = 30;

    /// Requests per second above which requests wait.
    private static final double BUSY = 50;

    private static final double QUEUE = 60;

    private static final Reading UNKNOWN = new Reading.Unknown("not given");
    private static final double INPUT_TOKENS = 500;
    private static final double OUTPUT_TOKENS = 200;

    private Looks() {}

    /// A RateMatcher as the API server would have it.
    static RateMatcher matcher(String yaml) {
        var matcher = Serialization.unmarshal(yaml, RateMatcher.class);
        matcher.getMetadata().setNamespace("llm");
        matcher.getMetadata().setUid("uid");
        matcher.getMetadata().setGeneration(1L);
        return matcher;
    }

    /// The service behind a RateMatcher whose replicas have one GPU each.
    static Service service(RateMatcher matcher) {
        var one = GpuWidth.given(1);
        return Resolver.service(
                Resolver.request(matcher.getSpec(), new Resolver.Found(one, one, null, "vllm", 0)));
    }

    /// A fleet at rest.
    static Snapshot steady(double at, int prefill, int decode, double requestsPerSecond) {
        return snapshot(
                at, FleetCounts.steady(prefill), FleetCounts.steady(decode), requestsPerSecond);
    }

    /// A fleet as counted.
    static Snapshot snapshot(
            double at, FleetCounts prefill, FleetCounts decode, double requestsPerSecond) {
        return snapshot(at, prefill, decode, requestsPerSecond, 0);
    }

    /// Telemetry that sees so many requests per second over the pools.
    static Sources.Reader reader(SeenPools pools, DoubleSupplier requestsPerSecond) {
        return new Sources.Reader(
                at ->
                        snapshot(
                                at,
                                pools.counts(Role.PREFILL),
                                pools.counts(Role.DECODE),
                                requestsPerSecond.getAsDouble()),
                Map::of,
                _ -> List.of());
    }

    /// The same, of metrics that were scraped a while ago, seconds.
    static Snapshot snapshot(
            double at,
            FleetCounts prefill,
            FleetCounts decode,
            double requestsPerSecond,
            double age) {
        return new Snapshot(
                at,
                new Reading.Value(WINDOW, age),
                pool(prefill, requestsPerSecond),
                pool(decode, requestsPerSecond),
                traffic(new Reading.Value(requestsPerSecond * WINDOW, age), age),
                List.of());
    }

    /// The same fleet, and nothing to be read of its traffic.
    static Snapshot blind(Snapshot seen) {
        return new Snapshot(
                seen.atSeconds(),
                UNKNOWN,
                seen.prefill(),
                seen.decode(),
                TrafficReading.unknown("engines do not answer"),
                List.of());
    }

    /// The same, with answers that take many minutes.
    static Snapshot slowAnswers(Snapshot seen) {
        var u = UNKNOWN;
        var slow =
                new TrafficReading(
                        seen.traffic().arrived(),
                        false,
                        u,
                        u,
                        Reading.of(INPUT_TOKENS),
                        u,
                        u,
                        Reading.of(10_000),
                        Reading.of(1),
                        u,
                        u,
                        Reading.of(0.05),
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of());
        return new Snapshot(
                seen.atSeconds(),
                seen.windowSeconds(),
                seen.prefill(),
                seen.decode(),
                slow,
                List.of());
    }

    private static PoolReading pool(FleetCounts counts, double requestsPerSecond) {
        return new PoolReading(
                Reading.of(counts.desired()),
                Reading.of(counts.ready()),
                Reading.of(counts.starting()),
                Reading.of(counts.pending()),
                Reading.of(counts.draining()),
                Reading.of(counts.failed()),
                Reading.of(requestsPerSecond > BUSY ? QUEUE : 0),
                UNKNOWN,
                Reading.of(QUEUE),
                UNKNOWN,
                UNKNOWN,
                UNKNOWN);
    }

    private static TrafficReading traffic(Reading arrived, double age) {
        var u = UNKNOWN;
        return new TrafficReading(
                arrived,
                false,
                u,
                u,
                new Reading.Value(INPUT_TOKENS, age),
                u,
                u,
                new Reading.Value(OUTPUT_TOKENS, age),
                u,
                u,
                u,
                u,
                u,
                u,
                u,
                u,
                u,
                u,
                List.of());
    }
}
