package dev.ratematch.controller.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.frontier.points.Binding;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.frontier.search.FleetPlanner;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/// The same inputs have the same answer, whoever is asked: a plan (the frontier's points), a
/// prediction (closed loads) or the controller.
///
/// A plan promises what full batches carry, without queueing and for the mean request; the
/// controller promises a percentile, with queueing. So the promise is put out of the way: TTFT is
/// of no account, arrivals are Poisson, lengths do not vary, and both have the same limits of
/// batches. Of a request, a plan counts the tokens that decode makes after prefill's first one, the
/// controller all of them, since vLLM's decode makes the first one again.
class SameAnswerTest {

    private static final Percentage SAME = withinPercentage(1e-7);
    private static final List<Integer> SIZES = List.of(1, 3, 16);

    /// One service under one load, as both sides are asked about it.
    private record Case(Service service, Target target, WorkloadEstimate load) {

        double input() {
            return target.load().inputTokens();
        }

        double output() {
            return target.load().outputTokens();
        }

        List<PrefillPoint> prefill(Target asked) {
            return FleetPlanner.prefillPoints(asked, List.of(service.prefillWorker()));
        }

        List<DecodePoint> decode(Target asked) {
            return FleetPlanner.decodePoints(asked, List.of(service.decodeWorker()));
        }

        Target over(KvLink link) {
            return new Target(
                    target.model(),
                    target.load(),
                    link,
                    Pairing.ANY,
                    target.ttftSeconds(),
                    target.itlSeconds());
        }

        /// The controller with the limits of two batches.
        Capacity capacity(KvLink link, double batchedTokens, int sequences) {
            var spec = service.spec();
            var limited =
                    new ServiceSpec(
                            new Slo(1e15, target.itlSeconds(), 95),
                            spec.budgetGpus(),
                            limited(spec.prefill(), batchedTokens, sequences),
                            limited(spec.decode(), batchedTokens, sequences),
                            link,
                            spec.kvBytesPerToken(),
                            spec.layers(),
                            spec.tuning());
            return new Capacity(limited, service.laws(), load);
        }

        private static PoolSpec limited(PoolSpec pool, double batchedTokens, int sequences) {
            return new PoolSpec(
                    pool.gpusPerReplica(),
                    pool.minReplicas(),
                    pool.maxReplicas(),
                    pool.leadTimeSeconds(),
                    pool.drainSeconds(),
                    (int) batchedTokens,
                    sequences,
                    1e12,
                    pool.lanes());
        }

        @Override
        public String toString() {
            return "%s %s %s+%s %s %s"
                    .formatted(
                            service.gpu(),
                            service.model(),
                            service.prefillParallel(),
                            service.decodeParallel(),
                            target.load(),
                            target.link().mode());
        }
    }

    private static List<Case> cases() {
        var cases = new ArrayList<Case>();
        for (String gpu : List.of("b200", "gb200", "h100")) {
            for (String model : List.of("llama-3.1-70b", "qwen3-235b-a22b", "deepseek-r1")) {
                for (String prefill : List.of("tp2", "tp4", "tp8", "dep8")) {
                    for (String decode : List.of("tp4", "tp8", "dep8")) {
                        boolean experts = Models.named(model).moe().isPresent();
                        if (experts || !(prefill + decode).contains("dep")) {
                            addLoads(cases, gpu, model, prefill, decode);
                        }
                    }
                }
            }
        }
        return cases;
    }

    private static void addLoads(
            List<Case> cases, String gpu, String model, String prefill, String decode) {
        for (var mode : List.of(KvLink.Mode.PULL, KvLink.Mode.LAYERWISE)) {
            Service service;
            try {
                service = ServiceFactory.create(request(gpu, model, prefill, decode, mode));
            } catch (IllegalArgumentException _) {
                return; // Does not fit that GPU.
            }
            for (var load : List.of(Load.of(512, 128), Load.of(3000, 250), Load.of(16_000, 1000))) {
                for (double itl : new double[] {0.03, 0.1}) {
                    cases.add(
                            new Case(
                                    service,
                                    new Target(
                                            Models.named(model),
                                            load,
                                            service.spec().link(),
                                            Pairing.ANY,
                                            20,
                                            itl),
                                    alike(load)));
                }
            }
        }
    }

    private static ServiceRequest request(
            String gpu, String model, String prefill, String decode, KvLink.Mode mode) {
        return ServiceRequest.builder(model, gpu, new Slo(2, 0.03, 95), 512)
                .precision("fp8")
                .link(null, mode)
                .pools(PoolRequest.spread(prefill), PoolRequest.spread(decode))
                .build();
    }

    /// Poisson arrivals of requests that are alike.
    private static WorkloadEstimate alike(Load load) {
        return new WorkloadEstimate(
                1,
                load.inputTokens(),
                load.newTokens(),
                0,
                load.outputTokens(),
                0,
                1,
                30,
                1,
                0,
                0,
                0,
                1);
    }

    @Test
    void poolsOfPrefillCarryWhatThePlanSays() {
        int seen = 0;
        for (var c : cases()) {
            for (var point : c.prefill(c.target())) {
                if (point.binding() == Binding.EGRESS) {
                    continue;
                }
                var capacity = c.capacity(c.target().link(), point.prompts() * c.input(), 1);
                for (int n : SIZES) {
                    assertThat(capacity.prefillRequestsPerSecond(n))
                            .as("%s, %d replicas", c, n)
                            .isCloseTo(n * point.requestsPerSecond(), SAME);
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(500);
    }

    @Test
    void poolsOfDecodeStepAndCarryWhatThePlanSays() {
        int seen = 0;
        for (var c : cases()) {
            for (var point : c.decode(c.target())) {
                if (point.binding() == Binding.INGRESS) {
                    continue;
                }
                var capacity = c.capacity(c.target().link(), 8192, point.sequences());
                for (int n : SIZES) {
                    double carried = n * point.requestsPerSecond() * (c.output() - 1) / c.output();
                    double just = carried * (1 - 1e-12);
                    assertThat(capacity.itlSeconds(n, just))
                            .as("%s, %d replicas", c, n)
                            .isCloseTo(point.itlSeconds(), SAME);
                    assertThat(capacity.itlSeconds(n, carried * (1 + 1e-9)))
                            .as("%s, %d replicas", c, n)
                            .isInfinite();
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(500);
    }

    /// A link so thin that it binds, so that the plan says what it carries.
    @Test
    void linksCarryWhatThePlanSays() {
        int seen = 0;
        for (var c : cases()) {
            var thin = new KvLink(2e6, c.target().link().mode(), 0);
            var patient = c.over(thin);
            var target =
                    new Target(
                            patient.model(),
                            patient.load(),
                            thin,
                            Pairing.ANY,
                            1e6,
                            patient.itlSeconds());
            var capacity = c.capacity(thin, 8192, 1);
            for (int n : SIZES) {
                for (var point : c.prefill(target)) {
                    assertThat(point.binding()).isEqualTo(Binding.EGRESS);
                    assertThat(capacity.egressRequestsPerSecond(n))
                            .as("%s, %d replicas", c, n)
                            .isCloseTo(n * point.requestsPerSecond(), SAME);
                    seen++;
                }
                for (var point : c.decode(target)) {
                    assertThat(point.binding()).isEqualTo(Binding.INGRESS);
                    assertThat(capacity.ingressRequestsPerSecond(n))
                            .as("%s, %d replicas", c, n)
                            .isCloseTo(n * point.requestsPerSecond(), SAME);
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(500);
    }

    /// A plan does not know yet who receives: where decode is the narrower side, it waits longer.
    @Test
    void aTransferIsExposedAsLongAsThePlanSays() {
        int alike = 0;
        int narrower = 0;
        for (var c : cases()) {
            var spec = c.service().spec();
            var link = new KvLink(5e9, c.target().link().mode(), 0.002);
            for (var point : c.prefill(c.over(link))) {
                double planned = point.ttftSeconds() - point.ftlSeconds() - c.target().itlSeconds();
                double waited =
                        c.capacity(link, 8192, 1).exposedTransferSeconds(point.ftlSeconds());
                if (spec.lanes() == spec.prefill().lanes().perRequest()) {
                    assertThat(waited).as(c.toString()).isCloseTo(planned, withinPercentage(1e-6));
                    alike++;
                } else {
                    assertThat(waited).as(c.toString()).isGreaterThanOrEqualTo(planned);
                    narrower++;
                }
            }
        }
        assertThat(alike).isGreaterThan(200);
        assertThat(narrower).isGreaterThan(20);
    }

    @Test
    void sequencesHoldWhatThePlanSays() {
        for (var c : cases()) {
            assertThat(c.load().residentTokensPerSequence())
                    .isEqualTo(c.target().load().residentTokens());
        }
    }
}
