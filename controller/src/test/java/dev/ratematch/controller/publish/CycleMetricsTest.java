package dev.ratematch.controller.publish;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.sample.Cycles;
import dev.ratematch.controller.sample.TrackRecords;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a Prometheus would read of cycles.
class CycleMetricsTest {

    private static final int BUSY = 900;
    private static final Reading UNKNOWN = new Reading.Unknown("nobody says");

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final CycleMetrics metrics = new CycleMetrics(registry);
    private final Controller controller = new Controller(spec(32), laws());

    private void show(Step step, @Nullable Move open) {
        metrics.conclude(
                "ml", "chat", Cycles.open(step.cycle(), open), TrackRecords.THREE, metrics.begin());
    }

    private List<String> series() {
        return registry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
    }

    private String value(String name, String... labels) {
        return series().stream()
                .filter(line -> line.startsWith("ratematch_" + name + "{"))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("absent");
    }

    /// A fleet of 2P2D under far too much traffic, whose readings are all there.
    private static Snapshot everything(double at) {
        return snapshot(
                at,
                full(new FleetCounts(2, 2, 0, 0, 0, 0), 3),
                full(new FleetCounts(2, 2, 0, 0, 0, 0), 200),
                new TrafficReading(
                        Reading.of(BUSY),
                        false,
                        Reading.of(BUSY),
                        Reading.of(0),
                        Reading.of(3000),
                        Reading.of(0.8),
                        Reading.of(3000),
                        Reading.of(250),
                        Reading.of(0.6),
                        Reading.of(0.5),
                        Reading.of(0.9),
                        Reading.of(0.02),
                        Reading.of(0.04),
                        Reading.of(0.2),
                        Reading.of(0.25),
                        Reading.of(1),
                        Reading.of(0),
                        Reading.of(0.01),
                        List.of()));
    }

    private static PoolReading full(FleetCounts counts, double running) {
        var some = pool(counts, 5, running);
        return new PoolReading(
                some.desired(),
                some.ready(),
                some.starting(),
                some.pending(),
                some.draining(),
                some.failed(),
                some.queuedRequests(),
                Reading.of(15_000),
                some.runningRequests(),
                Reading.of(0),
                Reading.of(0.5),
                Reading.of(1.8e6));
    }

    private Step stepped(Snapshot last) {
        var residual = new Residual(1, 1, 1, 1.5, 1.5, 0, 1);
        var state =
                State.INITIAL.reconfigured(
                        new Calibration(residual, residual, Residual.NONE, Residual.NONE, null));
        state = controller.step(state, everything(last.atSeconds() - 30)).state();
        return controller.step(state, last);
    }

    private Step showEverything() {
        var step = stepped(everything(90));
        var open = step.state().move();
        assertThat(open).isNotNull();
        show(step, open);
        return step;
    }

    @Test
    void showsWhatWasSeenAndWhatWasConcluded() {
        var step = showEverything();

        assertThat(step.decision()).isInstanceOf(Decision.Resize.class);
        assertThat(value("replicas", "role=\"prefill\"", "state=\"commanded\"")).isEqualTo("2.0");
        assertThat(value("replicas", "role=\"decode\"", "state=\"draining\"")).isEqualTo("0.0");
        assertThat(value("pool_held_gpus", "role=\"decode\"")).isEqualTo("4.0");
        assertThat(value("pool_kv_used_ratio", "role=\"decode\"")).isEqualTo("0.5");
        assertThat(value("observed_requests_per_second")).isEqualTo("30.0");
        assertThat(value("observed_input_tokens")).isEqualTo("3000.0");
        assertThat(value("observed_output_tokens")).isEqualTo("250.0");
        assertThat(value("observed_ttft_seconds", "statistic=\"percentile\"")).isEqualTo("0.9");
        assertThat(value("observed_itl_seconds", "statistic=\"mean\"")).isEqualTo("0.02");
        assertThat(value("slo_ttft_seconds")).isEqualTo("2.0");
        assertThat(value("slo_percentile_ratio")).isEqualTo("0.95");
        assertThat(value("slo_reachable")).isEqualTo("1.0");
        assertThat(value("budget_gpus")).isEqualTo("32.0");
        assertThat(value("budget_binding")).isEqualTo("0.0");
        assertThat(value("acting")).isEqualTo("1.0");
        assertThat(value("telemetry_fresh")).isEqualTo("1.0");
        assertThat(value("last_cycle_timestamp_seconds")).isEqualTo("90.0");
        assertThat(value("decision", "decision=\"resize\"", "reason=\"grow\"")).isEqualTo("1.0");
        assertThat(value("change_recommended")).isEqualTo("1.0");
        assertThat(value("cycles_total", "outcome=\"resize\"")).isEqualTo("1.0");
        assertThat(value("cycle_duration_seconds_count")).isEqualTo("1");
        double carried = Double.parseDouble(value("served_ratio", "fleet=\"commanded\""));
        double then = Double.parseDouble(value("served_ratio", "fleet=\"recommended\""));
        assertThat(carried).isEqualTo(step.explanation().servedShare()).isLessThan(1);
        assertThat(then).isEqualTo(1);
        assertThat(Double.parseDouble(value("expected_gain_ratio"))).isEqualTo(then - carried);
        double asked = Double.parseDouble(value("observed_requests_per_second"));
        double carries =
                Double.parseDouble(value("pool_capacity_requests_per_second", "role=\"prefill\""));
        assertThat(Double.parseDouble(value("pool_utilization_ratio", "role=\"prefill\"")))
                .isEqualTo(asked / carries)
                .isGreaterThan(1);
    }

    @Test
    void showsWhatIsPastSavingAndNoSecondsForNever() {
        var step = showEverything();
        var assessed = Objects.requireNonNull(step.explanation().assessment());
        var found = Objects.requireNonNull(assessed.pastSaving());
        assertThat(value("past_saving_requests")).isEqualTo(Double.toString(found.requests()));
        assertThat(value("ttft_back_seconds", "deadline=\"none\"")).isEqualTo("0.0");
        assertThat(value("ttft_back_seconds", "deadline=\"ttft\"")).isEqualTo("0.0");

        var small = new Controller(spec(4), laws());
        var before = small.step(State.INITIAL, queued(30)).state();
        show(small.step(before, queued(60)), null);
        assertThat(value("past_saving_requests")).isEqualTo("500.0");
        assertThat(series()).noneMatch(line -> line.startsWith("ratematch_ttft_back_seconds"));
    }

    private static Snapshot queued(double at) {
        return snapshot(
                at,
                pool(FleetCounts.steady(1), 500, 3),
                pool(FleetCounts.steady(1), 0, 200),
                traffic(BUSY));
    }

    @Test
    void showsHowPromisesCameOutAndNothingBeforeOneHas() {
        var step = showEverything();
        assertThat(value("promise_settled_recommendations")).isEqualTo("3.0");
        assertThat(Double.parseDouble(value("promise_error_ratio", "figure=\"served\"")))
                .isCloseTo(-0.1, within(1e-9));
        assertThat(value("promise_error_ratio", "figure=\"ttft\"")).isEqualTo("1.0");
        assertThat(value("promise_error_ratio", "figure=\"itl\"")).isEqualTo("0.25");
        assertThat(value("promise_median_error_ratio", "figure=\"served\"")).isEqualTo("0.05");
        assertThat(value("promise_median_error_ratio", "figure=\"ttft\"")).isEqualTo("0.5");
        assertThat(value("promise_median_error_ratio", "figure=\"itl\"")).isEqualTo("0.02");

        metrics.conclude("ml", "chat", step.cycle(), TrackRecords.NONE, metrics.begin());
        assertThat(value("promise_settled_recommendations")).isEqualTo("0.0");
        assertThat(series()).noneMatch(line -> line.contains("_error_ratio"));
    }

    @Test
    void whatIsUnknownHasNoSeries() {
        showEverything();
        var unread =
                new Snapshot(
                        120,
                        UNKNOWN,
                        PoolReading.unknown("away").withDesired(2),
                        PoolReading.unknown("away"),
                        TrafficReading.unknown("away"),
                        List.of());
        show(controller.step(State.INITIAL, unread), null);

        assertThat(value("telemetry_fresh")).isEqualTo("0.0");
        assertThat(value("replicas", "role=\"prefill\"", "state=\"commanded\"")).isEqualTo("2.0");
        assertThat(value("decision", "decision=\"hold\"", "reason=\"fleet_unknown\""))
                .isEqualTo("1.0");
        assertThat(series())
                .filteredOn(line -> !line.contains("_total{") && !line.contains("_duration_"))
                .noneMatch(line -> line.contains("state=\"ready\""))
                .noneMatch(line -> line.startsWith("ratematch_observed_"))
                .noneMatch(line -> line.startsWith("ratematch_pool_capacity"))
                .noneMatch(line -> line.startsWith("ratematch_pool_utilization"))
                .noneMatch(line -> line.startsWith("ratematch_served"))
                .noneMatch(line -> line.startsWith("ratematch_slo_reachable"))
                .noneMatch(line -> line.startsWith("ratematch_budget_binding"))
                .noneMatch(line -> line.startsWith("ratematch_move_age"))
                .noneMatch(line -> line.contains("reason=\"grow\""))
                .noneMatch(line -> line.contains("NaN"));
    }

    /// Of a service without any request since we began nothing can be concluded, but all of it can
    /// be read: nobody is to be woken.
    @Test
    void idleIsNotStale() {
        var none = new Reading.NoTraffic();
        var idle =
                snapshot(
                        90,
                        pool(FleetCounts.steady(2), 0, 0),
                        pool(FleetCounts.steady(2), 0, 0),
                        traffic(Reading.of(0), none, none));
        var step = controller.step(State.INITIAL, idle);
        assertThat(step.decision().reason()).isEqualTo(Reason.TELEMETRY_UNKNOWN);
        show(step, null);
        assertThat(value("telemetry_fresh")).isEqualTo("1.0");

        var unread = snapshot(90, idle.prefill(), idle.decode(), traffic(UNKNOWN, none, none));
        show(controller.step(State.INITIAL, unread), null);
        assertThat(value("telemetry_fresh")).isEqualTo("0.0");
    }

    @Test
    void anOpenMoveShowsItsAgeAndHowLongItMayTake() {
        var snapshot = steady(500, 2, 2, BUSY);
        var step = controller.step(State.INITIAL, snapshot);
        show(step, Move.planned(new Sizes(2, 2), new Sizes(4, 4), 440, 1000));
        assertThat(value("move_open")).isEqualTo("1.0");
        assertThat(value("move_age_seconds")).isEqualTo("60.0");
        assertThat(value("move_allowance_seconds")).isEqualTo("420.0");
        show(step, null);
        assertThat(value("move_open")).isEqualTo("0.0");
        assertThat(value("move_age_seconds")).isEqualTo("absent");
        assertThat(value("move_allowance_seconds")).isEqualTo("420.0");
    }

    @Test
    void capacityIsKnownWhileAMoveGoesOn() {
        var step = stepped(everything(90));
        var later = everything(120);
        var moving = controller.step(step.state(), later);
        assertThat(moving.decision().reason()).isEqualTo(Reason.MOVE_IN_PROGRESS);
        assertThat(moving.explanation().plan()).isNull();
        show(moving, moving.state().move());
        assertThat(value("pool_utilization_ratio", "role=\"decode\"")).isNotEqualTo("absent");
        assertThat(value("served_ratio", "fleet=\"commanded\"")).isEqualTo("absent");
    }

    @Test
    void contradictionsShow() {
        var all = everything(90);
        var wrong =
                new Snapshot(
                        90,
                        all.windowSeconds(),
                        all.prefill(),
                        pool(FleetCounts.steady(2), 0, 1),
                        all.traffic(),
                        List.of());
        show(stepped(wrong), null);
        assertThat(value("telemetry_consistent")).isEqualTo("0.0");
        showEverything();
        assertThat(value("telemetry_consistent")).isEqualTo("1.0");
    }

    @Test
    void refusalsAndFailuresAreCountedAndLeaveNothingKnown() {
        showEverything();
        metrics.refused("ml", "chat");
        metrics.failed("ml", "chat");
        assertThat(series())
                .filteredOn(line -> !line.contains("_duration_"))
                .containsExactlyInAnyOrder(
                        "ratematch_cycles_total{namespace=\"ml\",outcome=\"failed\",ratematcher=\"chat\"} 1.0",
                        "ratematch_cycles_total{namespace=\"ml\",outcome=\"refused\",ratematcher=\"chat\"} 1.0",
                        "ratematch_cycles_total{namespace=\"ml\",outcome=\"resize\",ratematcher=\"chat\"} 1.0",
                        "ratematch_last_cycle_timestamp_seconds{namespace=\"ml\",ratematcher=\"chat\"} 90.0",
                        "ratematch_telemetry_fresh{namespace=\"ml\",ratematcher=\"chat\"} 0.0");
    }

    @Test
    void everyMetricIsRegisteredUnderItsNameWithHelpAndLabels() {
        showEverything();
        for (var metric : CycleMetric.values()) {
            String name = metric.meter().replace('.', '_');
            assertThat(registry.scrape())
                    .contains("# HELP " + name + " " + metric.help() + "\n")
                    .contains("# TYPE " + name + " gauge\n");
            var tags = registry.get(metric.meter()).meter().getId().getTags();
            assertThat(tags)
                    .extracting(tag -> tag.getKey())
                    .containsAll(metric.tags())
                    .hasSize(2 + metric.tags().size());
        }
    }

    /// Whatever a cycle may conclude, one RateMatcher has no more series than are promised, and
    /// with all of it known as many.
    @Test
    void theNumberOfSeriesIsBounded() {
        var step = showEverything();
        for (var reason : Reason.values()) {
            for (var decision :
                    List.of(
                            new Decision.Hold(new Counts(2, 2), reason),
                            new Decision.Resize(new Sizes(3, 2), reason))) {
                var cycle = Cycles.with(step.cycle(), decision, decision.counts(), "so");
                metrics.conclude("ml", "chat", cycle, TrackRecords.THREE, metrics.begin());
                assertThat(series()).hasSizeLessThanOrEqualTo(CycleMetrics.SERIES_MAX);
            }
        }
        metrics.refused("ml", "chat");
        metrics.failed("ml", "chat");
        showEverything();
        assertThat(series()).hasSize(CycleMetrics.SERIES_MAX);
    }

    @Test
    void seriesGoWithTheirRateMatcherAndNoOther() {
        showEverything();
        metrics.refused("ml", "code");
        metrics.remove("ml", "chat");
        assertThat(series()).isNotEmpty().allMatch(line -> line.contains("ratematcher=\"code\""));
        metrics.close();
        assertThat(series()).isEmpty();
    }

    @Test
    @Tag("prometheus")
    void promtoolFindsNothingToSay() throws IOException, InterruptedException {
        showEverything();
        metrics.failed("ml", "code");
        var promtool =
                Path.of(System.getProperty("ratematch.prometheus", ""), "promtool").toString();
        var process =
                new ProcessBuilder(promtool, "check", "metrics").redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(registry.scrape().getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).isEmpty();
    }
}
