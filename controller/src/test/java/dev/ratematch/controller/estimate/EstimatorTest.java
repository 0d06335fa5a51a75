package dev.ratematch.controller.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.guard.Consistency;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Flow;
import dev.ratematch.controller.observe.Occupancy;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Resolution;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.sample.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EstimatorTest {

    @Test
    void a_calm_hour_is_averaged() {
        var random = new SplittableRandom(1);
        List<Window> windows = List.of();
        double sum = 0;
        for (int i = 0; i < 120; i++) {
            double arrived = 300 + random.nextGaussian() * StrictMath.sqrt(300);
            windows = Estimator.remember(windows, Samples.window(30 * i, arrived));
        }
        for (var window : windows) {
            sum += window.arrived();
        }
        assertThat(windows).hasSize(Estimator.MEMORY);
        assertThat(Estimator.estimate(windows).requestsPerSecond())
                .isCloseTo(sum / 600, within(1e-9));
    }

    @Test
    void a_step_of_any_size_is_followed_at_once() {
        for (double to : new double[] {420, 600, 1500, 3000, 30, 0}) {
            for (int since = 1; since <= 3; since++) {
                var windows = new ArrayList<Window>();
                for (int i = 0; i < 17; i++) {
                    windows.add(Samples.window(30 * i, 300 + (i % 2 == 0 ? 12 : -12)));
                }
                for (int i = 0; i < since; i++) {
                    windows.add(Samples.window(510 + 30 * i, to));
                }
                assertThat(Estimator.estimate(windows).requestsPerSecond())
                        .as("%s, %d windows since", to, since)
                        .isCloseTo(to / 30, within(1e-9));
            }
        }
    }

    /// Work is a sum of as many lengths as came: `sqrt((dispersion + cv2) / requests)`.
    @Test
    void an_estimate_is_surer_the_more_requests_are_behind_it() {
        var windows = new ArrayList<Window>();
        for (int i = 0; i < 16; i++) {
            windows.add(Samples.window(30 * i, 300));
        }
        var load = Estimator.estimate(windows);
        var unsure = Estimator.unsure(windows);
        assertThat(unsure.prefill())
                .isCloseTo(
                        StrictMath.sqrt((load.dispersion() + load.inputCv2()) / 4800),
                        within(1e-12));
        assertThat(unsure.decode())
                .isCloseTo(
                        StrictMath.sqrt((load.dispersion() + load.outputCv2()) / 4800),
                        within(1e-12));
        windows.add(Samples.window(480, 100));
        assertThat(Estimator.unsure(windows).prefill()).isGreaterThan(4 * unsure.prefill());
    }

    @Test
    void the_second_window_may_already_be_a_step() {
        var windows = List.of(Samples.window(30, 100), Samples.window(60, 1000));
        assertThat(Estimator.estimate(windows).requestsPerSecond())
                .isCloseTo(1000.0 / 30, within(1e-9));
    }

    @Test
    void changed_lengths_end_the_average_too() {
        var windows = new ArrayList<Window>();
        for (int i = 0; i < 10; i++) {
            windows.add(Samples.window(30 * i, 300));
        }
        windows.add(new Window(300, 30, 300, 500, 0.8, 500, 2000, 0.6, 1, 0, 0, 0));
        var estimate = Estimator.estimate(windows);
        assertThat(estimate.inputTokens()).isCloseTo(500, within(1e-6));
        assertThat(estimate.outputTokens()).isCloseTo(2000, within(1e-6));
    }

    @Test
    void dispersion_sees_bursts_and_not_drift() {
        var drift = new ArrayList<Window>();
        var bursts = new ArrayList<Window>();
        var random = new SplittableRandom(3);
        for (int i = 0; i < 20; i++) {
            drift.add(Samples.window(30 * i, 200 + 10 * i));
            bursts.add(Samples.window(30 * i, Math.max(0, 300 + 60 * random.nextGaussian())));
        }
        assertThat(Estimator.estimate(drift).dispersion()).isLessThan(1.5);
        assertThat(Estimator.estimate(bursts).dispersion()).isBetween(6.0, 20.0);
        assertThat(Estimator.estimate(drift.subList(0, 1)).dispersion()).isEqualTo(2);
    }

    @Test
    void windows_of_other_lengths_are_no_bursts() {
        var windows = new ArrayList<Window>();
        for (int i = 0; i < 20; i++) {
            double seconds = i % 2 == 0 ? 30 : 60;
            windows.add(
                    new Window(60 * i, seconds, 10 * seconds, 3000, 1, 3000, 250, 1, 1, 0, 0, 0));
        }
        var estimate = Estimator.estimate(windows);
        assertThat(estimate.dispersion()).isLessThan(1.5);
        assertThat(estimate.requestsPerSecond()).isCloseTo(10, within(1e-9));
    }

    @Test
    void a_missing_rate_length_or_window_makes_no_window() {
        var whole = Samples.steady(30, 2, 4, 300);
        assertThat(Estimator.window(whole, List.of())).isPresent();
        var u = Samples.UNKNOWN;
        var value = Reading.of(300);
        for (var traffic :
                List.of(
                        Samples.traffic(u, value, value),
                        Samples.traffic(value, u, value),
                        Samples.traffic(value, value, u),
                        Samples.traffic(new Reading.Stale(400), value, value),
                        Samples.traffic(value, new Reading.Stale(400), value))) {
            var snapshot = Samples.snapshot(30, whole.prefill(), whole.decode(), traffic);
            assertThat(Estimator.window(snapshot, List.of())).isEmpty();
        }
    }

    @Test
    void an_idle_window_keeps_the_lengths_of_the_last() {
        var whole = Samples.steady(30, 2, 4, 300);
        var none = new Reading.NoTraffic();
        var idle =
                Samples.snapshot(
                        60,
                        whole.prefill(),
                        whole.decode(),
                        Samples.traffic(Reading.of(0), none, none));
        assertThat(Estimator.window(idle, List.of())).isEmpty();
        var window = Estimator.window(idle, List.of(Samples.window(30, 300))).orElseThrow();
        assertThat(window.arrived()).isZero();
        assertThat(window.inputTokens()).isEqualTo(3000);
    }

    @Test
    void resident_tokens_weigh_long_answers_by_their_stay() {
        var load = new WorkloadEstimate(10, 1000, 1000, 0, 2000, 3, 2, 30, 1, 0, 0, 0, 5);
        // E[ISL*OSL + OSL^2/2] / E[OSL] with E[OSL^2] = 4 E[OSL]^2: 1000 + 4 * 2000 / 2.
        assertThat(load.residentTokensPerSequence()).isEqualTo(5000);
        var cached = new WorkloadEstimate(10, 1000, 400, 0, 2000, 3, 2, 30, 1, 0, 0, 0, 5);
        assertThat(cached.squaresPerRequest()).isEqualTo(1000 * 1000 - 600 * 600);
    }

    /// A 30 s window in which requests of some mean OSL ended while sequences ran at 20 ms a step.
    private static Snapshot ending(
            double at, double arrived, double ended, double osl, double run) {
        var u = new Reading.Unknown("not needed");
        var traffic =
                new TrafficReading(
                        Reading.of(arrived),
                        false,
                        Reading.of(ended),
                        u,
                        Reading.of(3000),
                        u,
                        u,
                        Reading.of(osl),
                        u,
                        u,
                        u,
                        Reading.of(0.02),
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of());
        return Samples.snapshot(
                at,
                Samples.pool(FleetCounts.steady(2), 0, 1),
                Samples.pool(FleetCounts.steady(2), 0, run),
                traffic);
    }

    private static Snapshot flowing(Snapshot seen, Flow flow) {
        var t = seen.traffic();
        var traffic =
                new TrafficReading(
                        t.arrived(),
                        t.arrivedIsLowerBound(),
                        t.completed(),
                        t.rejected(),
                        t.inputTokensMean(),
                        t.inputTokensCv2(),
                        t.uncachedInputTokensMean(),
                        t.outputTokensMean(),
                        t.outputTokensCv2(),
                        t.ttftMeanSeconds(),
                        t.ttftQuantileSeconds(),
                        t.itlMeanSeconds(),
                        t.itlQuantileSeconds(),
                        t.prefillSecondsMean(),
                        t.kvHitRate(),
                        t.acceptLength(),
                        t.localPrefillShare(),
                        t.kvTransferSecondsMean(),
                        t.inputTokensHistogram(),
                        flow,
                        Resolution.NONE);
        return Samples.snapshot(seen.atSeconds(), seen.prefill(), seen.decode(), traffic);
    }

    private static Flow flow(double sequences, Flow.Kind kind, boolean holds) {
        var n = Reading.of(300);
        return new Flow(n, n, n, sequences, List.of(new Flow.Note(kind, holds, "why")));
    }

    /// 800 running make 4,000 tokens a request: four answers of 1,000, not one of 4,000.
    @Test
    void severalSamplesAreSequencesOfTheirOwnLength() {
        var seen =
                flowing(
                        ending(30, 300, 300, 1000, 800),
                        flow(4, Flow.Kind.PARALLEL_SAMPLES, false));

        assertThat(output(seen, List.of())).isEqualTo(1000);
        var window = Estimator.window(seen, List.of()).orElseThrow();
        assertThat(Estimator.estimate(List.of(window)).sequencesPerRequest()).isEqualTo(4);
        assertThat(Consistency.contradiction(seen)).isEmpty();
    }

    @Test
    void whatIsLostAfterPrefillMakesAnswersNoLonger() {
        var lost = flow(1, Flow.Kind.LOST_AFTER_PREFILL, false);

        assertThat(output(flowing(ending(30, 300, 100, 1000, 200), lost), List.of()))
                .isEqualTo(1000);
        assertThat(output(ending(30, 300, 100, 1000, 200), List.of())).isGreaterThan(1300);
    }

    @Test
    void countsThatNothingExplainsAreAContradiction() {
        var seen = flowing(ending(30, 300, 300, 1000, 200), flow(1, Flow.Kind.POD_MISSING, true));

        assertThat(Consistency.contradiction(seen)).hasValue("Inconsistent: why.");
    }

    private static double output(Snapshot snapshot, List<Window> past) {
        return Estimator.window(snapshot, past).orElseThrow().outputTokens();
    }

    @Test
    void long_answers_that_have_not_ended_raise_the_mean_of_those_that_have() {
        // 200 running at 20 ms make 300,000 tokens in 30 s: 1,000 for each of the 300 that ended.
        assertThat(output(ending(30, 300, 300, 1000, 200), List.of())).isEqualTo(1000);
        assertThat(output(ending(30, 300, 300, 100, 200), List.of())).isBetween(300.0, 330.0);
    }

    /// The last look says 200, which alone would be 1,000 tokens a request.
    @Test
    void whatRanOverTheWindowCountsAndNotTheLastLook() {
        var last = ending(30, 300, 300, 300, 200);

        assertThat(output(last, List.of())).isGreaterThan(500);
        assertThat(output(running(last, new Occupancy(Reading.of(60), 30)), List.of()))
                .isEqualTo(300);
    }

    /// 12 that run and 60 that ended in 30 s at 20 ms: 300 tokens of each, of which chance may be
    /// the half where it was one look, and not where it was sixty.
    @Test
    void aLookIsACountWithACountsNoise() {
        var few = ending(30, 60, 60, 150, 12);

        assertThat(output(few, List.of())).isEqualTo(150);
        assertThat(output(running(few, new Occupancy(Reading.of(12), 60)), List.of()))
                .isGreaterThan(200);
    }

    private static Snapshot running(Snapshot seen, Occupancy occupancy) {
        var d = seen.decode();
        var decode =
                new PoolReading(
                        d.desired(),
                        d.ready(),
                        d.starting(),
                        d.pending(),
                        d.draining(),
                        d.failed(),
                        d.queuedRequests(),
                        d.queuedTokens(),
                        d.runningRequests(),
                        d.waitingForKv(),
                        d.kvUsed(),
                        d.kvCapacityTokens(),
                        occupancy,
                        0);
        return Samples.snapshot(seen.atSeconds(), seen.prefill(), decode, seen.traffic());
    }

    @Test
    void long_answers_of_traffic_that_is_gone_do_not_count_for_the_new() {
        var old = new Window(30, 30, 300, 3000, 0, 3000, 2000, 0, 1, 0, 0, 0);
        double mixed = (1500 * 100 + 244 * 2000) / 1744.0;
        double told = output(ending(60, 3000, 1744, mixed, 1), List.of(old));
        assertThat(told).isBetween(95.0, 105.0);
        assertThat(output(ending(60, 300, 300, mixed, 1), List.of(old))).isEqualTo(mixed);
    }

    /// The rate stands; prompts are a tenth of what they were and the long answers to those end.
    @Test
    void long_answers_to_prompts_of_another_length_do_not_count_for_the_new() {
        var old = new Window(30, 30, 300, 300, 0, 300, 2000, 0, 1, 0, 0, 0);
        double mixed = (100 * 100 + 244 * 2000) / 344.0;
        double told = output(ending(60, 300, 344, mixed, 1), List.of(old));
        assertThat(told).isBetween(95.0, 130.0);
        var same = new Window(30, 30, 300, 1500, 0, 1500, 2000, 0, 1, 0, 0, 0);
        assertThat(output(ending(60, 300, 344, mixed, 1), List.of(same))).isEqualTo(mixed);
    }

    /// 344 answers of 1,447 tokens in 30 s at 20 ms cannot be of 40 that run, were they of one
    /// kind.
    @Test
    void more_answers_that_end_than_requests_come_contradict_nothing() {
        assertThat(Consistency.contradiction(ending(60, 300, 344, 1447, 40))).isEmpty();
        assertThat(Consistency.contradiction(ending(60, 344, 344, 1447, 40))).isPresent();
    }

    @Test
    void prompts_that_are_no_longer_cached_are_other_traffic() {
        var cached = new Window(30, 30, 300, 3000, 0.8, 300, 250, 0.6, 1, 0, 0, 0);
        var computed = new Window(60, 30, 300, 3000, 0.8, 3000, 250, 0.6, 1, 0, 0, 0);
        assertThat(Estimator.estimate(List.of(cached, cached, cached, computed)))
                .extracting(WorkloadEstimate::uncachedInputTokens)
                .isEqualTo(3000.0);
    }

    @Test
    void an_answer_has_a_token_however_long_those_before_it_were() {
        var old = new Window(30, 30, 300, 3000, 0, 3000, 2000, 0, 1, 0, 0, 0);
        assertThat(output(ending(60, 3000, 1687, 6, 1), List.of(old))).isEqualTo(1);
    }

    @Test
    void a_queue_of_long_prompts_is_more_work_than_its_number_says() {
        var pool = Samples.pool(FleetCounts.steady(2), 4, 1);
        var long8 =
                new PoolReading(
                        pool.desired(),
                        pool.ready(),
                        pool.starting(),
                        pool.pending(),
                        pool.draining(),
                        pool.failed(),
                        pool.queuedRequests(),
                        Reading.of(8 * 3000),
                        pool.runningRequests(),
                        pool.waitingForKv(),
                        pool.kvUsed(),
                        pool.kvCapacityTokens());
        var decode = Samples.pool(FleetCounts.steady(2), 0, 30);
        var told = Samples.snapshot(30, long8, decode, Samples.traffic(300));
        var untold = Samples.snapshot(30, pool, decode, Samples.traffic(300));
        assertThat(Estimator.window(told, List.of()).orElseThrow().prefillQueued()).isEqualTo(8);
        assertThat(Estimator.window(untold, List.of()).orElseThrow().prefillQueued()).isEqualTo(4);
    }
}
