package dev.ratematch.controller.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.Exposition;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Outcome;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.prometheus.RewoundSource;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A store of samples in memory stands for Prometheus. The other way to read is the measure.
class PrometheusTelemetryTest {

    /// How far the other clock is ahead of ours.
    private static final double AHEAD = 1.7e9;

    private static final Selectors SELECTORS = new Selectors("role=\"p\"", "role=\"d\"", "");

    private final Store store = new Store();
    private final PrometheusTelemetry telemetry =
            new PrometheusTelemetry(store, SELECTORS, new Two(), 90, 30);

    private static final class Two implements Fleet {
        @Override
        public FleetCounts counts(Role role) {
            return FleetCounts.steady(2);
        }

        @Override
        public void scale(Role role, int replicas) {}
    }

    /// What a Prometheus keeps, and the two kinds of queries that are asked of it.
    private static final class Store implements PrometheusSource {
        private static final Pattern RANGE = Pattern.compile("role=\"(\\w)\".*\\[(\\d+)s]");
        private final Map<Map<String, String>, TreeMap<Double, Double>> series =
                new LinkedHashMap<>();
        double now = AHEAD;
        @Nullable Failed failing;
        String failingRole = "pd";

        void scrape(String role, String pod, double at, String body) {
            for (var sample : Exposition.parse(body).samples()) {
                put(
                        sample.series().name(),
                        sample.series().labels(),
                        role,
                        pod,
                        at,
                        sample.value());
            }
            put("up", Map.of(), role, pod, at, 1);
        }

        void put(
                String name,
                Map<String, String> own,
                String role,
                String pod,
                double at,
                double value) {
            var labels = new HashMap<>(own);
            labels.put("__name__", name);
            labels.put("role", role);
            labels.put("pod", pod);
            labels.put("instance", pod + ":8000");
            series.computeIfAbsent(labels, _ -> new TreeMap<>()).put(AHEAD + at, value);
        }

        @Override
        public Outcome time() {
            return failing != null && failingRole.equals("time")
                    ? failing
                    : new Found(
                            List.of(
                                    new RawSeries(
                                            Map.of(), new double[] {now}, new double[] {now})));
        }

        @Override
        public Outcome query(String expression, double at) {
            var range = RANGE.matcher(expression);
            if (!range.find()) {
                boolean any =
                        series.keySet().stream()
                                .anyMatch(l -> expression.contains("\"" + l.get("role") + "\""));
                return new Found(
                        any
                                ? List.of(new RawSeries(Map.of(), new double[1], new double[1]))
                                : List.of());
            }
            if (failing != null && failingRole.contains(range.group(1))) {
                return failing;
            }
            double from = at - Double.parseDouble(range.group(2));
            var found = new ArrayList<RawSeries>();
            series.forEach(
                    (labels, samples) -> {
                        var inside = samples.subMap(from, false, at, true);
                        boolean named =
                                expression.contains("|" + labels.get("__name__") + "|")
                                        || "up".equals(labels.get("__name__"));
                        if (!inside.isEmpty()
                                && named
                                && range.group(1).equals(labels.get("role"))) {
                            found.add(
                                    new RawSeries(
                                            labels,
                                            inside.keySet().stream().mapToDouble(t -> t).toArray(),
                                            inside.values().stream()
                                                    .mapToDouble(v -> v)
                                                    .toArray()));
                        }
                    });
            return new Found(found);
        }
    }

    private Snapshot observe(double at) {
        store.now = AHEAD + at;
        return telemetry.observe(at);
    }

    private static String engine(int finished, double running) {
        return """
        vllm:num_requests_running{engine="0"} %s
        vllm:num_requests_waiting{engine="0"} 1
        vllm:request_success_total{finished_reason="stop"} %d
        vllm:request_success_total{finished_reason="abort"} 0
        vllm:request_prompt_tokens_bucket{le="500"} %d
        vllm:request_prompt_tokens_bucket{le="+Inf"} %d
        vllm:request_prompt_tokens_sum %d
        vllm:request_prompt_tokens_count %d
        vllm:request_generation_tokens_sum %d
        vllm:request_generation_tokens_count %d
        """
                .formatted(
                        running,
                        finished,
                        finished / 2,
                        finished,
                        finished * 700,
                        finished,
                        finished * 90,
                        finished);
    }

    @Test
    void namesThePodsThatAreThereAndReplicasAreCountedByThem() {
        var seen = new SeenReplicas(telemetry, Map.of(Source.PREFILL, 4));
        for (int at = 0; at <= 15; at += 15) {
            for (String pod : List.of("d1", "d2", "d3")) {
                store.scrape("d", pod, at, engine(10 + at, 2));
            }
            store.scrape("p", "p1", at, engine(10 + at, 2));
        }
        store.now = AHEAD + 15;
        assertThat(seen.observe(15).decode().desired()).isEqualTo(Reading.of(3));
        for (int at = 30; at <= 90; at += 15) {
            store.scrape("d", "d1", at, engine(10 + at, 2));
            store.put("up", Map.of(), "d", "d2", at, 0);
            store.scrape("p", "p1", at, engine(10 + at, 2));
        }
        store.now = AHEAD + 90;
        var now = seen.observe(90);

        assertThat(telemetry.pods(Source.DECODE))
                .extracting(pod -> pod.pod() + pod.error().isEmpty())
                .containsExactly("d1 (d1:8000)true", "d2 (d2:8000)false");
        assertThat(now.decode().desired()).isEqualTo(Reading.of(2));
        assertThat(now.decode().ready()).isEqualTo(Reading.of(1));
        assertThat(now.decode().starting()).isEqualTo(Reading.of(1));
        assertThat(now.decode().draining().known()).isFalse();
        assertThat(now.prefill().desired()).isEqualTo(Reading.of(4));
        assertThat(now.prefill().runningRequests().known()).isTrue();
    }

    @Test
    void thePastIsReadAsItWas() {
        var back = new double[1];
        var past =
                new PrometheusTelemetry(
                        new RewoundSource(store, () -> back[0]), SELECTORS, new Two(), 90, 30);
        for (int at = 0; at <= 120; at += 15) {
            store.scrape("d", "d1", at, engine(at, at));
            store.scrape("p", "p1", at, engine(at, 1));
        }
        store.now = AHEAD + 120;
        back[0] = 60;
        assertThat(past.observe(60).decode().runningRequests().orElse(-1)).isEqualTo(60);
        back[0] = 0;
        var now = past.observe(120);
        assertThat(now.decode().runningRequests().orElse(-1)).isEqualTo(120);
        assertThat(now.traffic().completed().orElse(-1)).isEqualTo(30);
        store.failing = new Failed(Kind.LATE, "late");
        store.failingRole = "time";
        assertThat(past.observe(121).warnings()).contains("decode: late");
    }

    /// The same bodies at the same times through both: restarts, a new pod, one that leaves.
    @Test
    void whatIsReadIsWhatScrapingWouldHaveRead() {
        var bodies = new HashMap<String, String>();
        var direct =
                new EngineTelemetry(
                        targets ->
                                targets.stream()
                                        .map(
                                                t ->
                                                        Answer.of(
                                                                t,
                                                                bodies.getOrDefault(
                                                                        t.pod() + "!", "")))
                                        .toList(),
                        () ->
                                bodies.keySet().stream()
                                        .sorted()
                                        .map(p -> p.substring(0, p.length() - 1))
                                        .map(p -> new Target(source(p), p, "x"))
                                        .toList(),
                        new Two(),
                        90,
                        30);
        for (int round = 0; round < 8; round++) {
            double at = 15.0 * round;
            bodies.put("p1!", engine(10 * round, 2));
            bodies.put("d1!", engine(round < 4 ? 100 + 9 * round : 5 * round, round));
            if (round == 3) {
                bodies.put("d2!", engine(4, 1));
            }
            if (round > 3 && round < 6) {
                bodies.put("d2!", engine(3 * round, 1));
            } else if (round >= 6) {
                bodies.remove("d2!");
            }
            bodies.forEach(
                    (pod, body) -> {
                        String name = pod.substring(0, pod.length() - 1);
                        store.scrape(name.substring(0, 1), name, at, body);
                    });
            var seen = observe(at);
            var wanted = direct.observe(at);

            // A pod that is gone is known as such here only after two and a half intervals.
            if (round != 6 && round != 7) {
                assertThat(seen.decode()).as("round %d", round).isEqualTo(wanted.decode());
            }
            assertThat(seen.prefill()).as("round %d", round).isEqualTo(wanted.prefill());
            assertThat(seen.traffic().completed())
                    .as("round %d", round)
                    .isEqualTo(wanted.traffic().completed());
            assertThat(seen.traffic().inputTokensMean())
                    .isEqualTo(wanted.traffic().inputTokensMean());
            assertThat(seen.traffic().outputTokensMean())
                    .isEqualTo(wanted.traffic().outputTokensMean());
        }
    }

    private static Source source(String pod) {
        return pod.startsWith("p") ? Source.PREFILL : Source.DECODE;
    }

    private void steady(double until) {
        for (double at = 0; at <= until; at += 15) {
            store.scrape("p", "p1", at, engine((int) at, 2));
            store.scrape("d", "d1", at, engine((int) at, 3));
        }
    }

    @Test
    void theFirstObservationAlreadyHasAWindow() {
        steady(60);

        var snapshot = observe(61);

        assertThat(snapshot.windowSeconds()).isEqualTo(new Reading.Value(30, 1));
        assertThat(snapshot.traffic().completed()).isEqualTo(new Reading.Value(30, 1));
        assertThat(telemetry.detected().values())
                .extracting(d -> d.reason())
                .hasSize(2)
                .allMatch(reason -> reason.startsWith("vLLM by"));
    }

    @Test
    void aFailedQueryAgesWhatThereIsAndIsNeverZero() {
        steady(60);
        observe(61);
        store.failing = new Failed(Kind.LATE, "it did not answer");
        store.failingRole = "d";

        var late = observe(76);
        assertThat(late.decode().runningRequests()).isEqualTo(new Reading.Value(3, 16));
        assertThat(late.warnings()).contains("decode: it did not answer");
        store.failingRole = "time";
        var stale = observe(130);
        assertThat(stale.decode().runningRequests()).isEqualTo(new Reading.Stale(70));
        assertThat(stale.traffic().completed()).isEqualTo(new Reading.Stale(70));

        store.failing = null;
        steady(150);
        assertThat(observe(151).traffic().completed()).isEqualTo(new Reading.Value(30, 1));
    }

    @Test
    void aFailureFromTheBeginningIsUnknownForItsReason() {
        store.failing = new Failed(Kind.UNAUTHORIZED, "it wants a token");
        store.failingRole = "time";

        assertThat(observe(0).decode().runningRequests())
                .isEqualTo(new Reading.Unknown("decode: it wants a token"));
    }

    @Test
    void anEmptyAnswerSaysWhetherTheSelectorOrTheMetricsAreWrong() {
        assertThat(observe(0).decode().runningRequests().toString())
                .contains("has no series with {role=\"d\"}; check the selector");
        store.put("go_goroutines", Map.of(), "d", "d1", 10, 1);
        assertThat(observe(15).decode().runningRequests().toString())
                .contains("none of an engine's metrics");
    }

    @Test
    void aTargetThatCannotBeScrapedIsNamed() {
        steady(60);
        store.scrape("d", "d2", 60, engine(7, 1));
        store.put("up", Map.of(), "d", "d1", 75, 0);
        store.scrape("d", "d2", 75, engine(7, 1));
        store.scrape("p", "p1", 75, engine(75, 2));

        assertThat(observe(76).warnings())
                .containsExactly(
                        "decode pod d1 (d1:8000): Prometheus cannot scrape it (up is 0);"
                                + " see its targets page");
    }

    @Test
    void aPodThatVanishedDoesNotLinger() {
        steady(60);
        store.scrape("d", "d2", 60, engine(7, 5));
        store.scrape("d", "d2", 75, engine(7, 5));
        observe(76);
        for (double at = 75; at <= 135; at += 15) {
            store.scrape("p", "p1", at, engine((int) at, 2));
            store.scrape("d", "d1", at, engine((int) at, 3));
        }

        assertThat(observe(136).decode().runningRequests()).isEqualTo(new Reading.Value(3, 1));
    }

    @Test
    void notANumberIsUnknownAndAMarkOfStalenessIsNothing() {
        steady(45);
        store.put("vllm:num_requests_running", Map.of("engine", "0"), "d", "d1", 60, Double.NaN);
        assertThat(observe(61).decode().runningRequests()).isEqualTo(new Reading.Value(3, 16));

        store.scrape("d", "d1", 75, engine(75, Double.NaN));
        assertThat(observe(76).decode().runningRequests())
                .isEqualTo(
                        new Reading.Unknown(
                                "vllm:num_requests_running of the decode pods is no number"));
    }

    @Test
    void aClockThatGoesBackIsSaid() {
        steady(60);
        observe(61);

        store.now = AHEAD - 500;
        assertThat(telemetry.observe(76).warnings())
                .contains(
                        "decode: the clock of Prometheus went back by 560 s; it must be set right");
    }
}
