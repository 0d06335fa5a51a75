package dev.ratematch.harness.judge;

import static dev.ratematch.harness.judge.Trials.SECOND;
import static dev.ratematch.harness.judge.Trials.episode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.harness.judge.Episode.Pair;
import dev.ratematch.harness.judge.Outcome.Point;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScoringTest {

    private static final Pair PAIR = new Pair(2, 2);

    private static Outcome run(Trace trace) {
        return episode(trace).run(new StaticPolicy(PAIR), PAIR, _ -> {});
    }

    private static Trace few(int requests, int inputTokens, int outputTokens) {
        var list = new ArrayList<Request>();
        for (int i = 0; i < requests; i++) {
            list.add(new Request(i * SECOND, inputTokens, outputTokens, Request.NONE));
        }
        return new Trace("few", list, requests * SECOND);
    }

    @Test
    void a_request_of_one_token_is_judged_by_its_first_token_only() {
        var short1 = run(few(20, 1000, 1));
        assertThat(short1.good()).isEqualTo(20);
        assertThat(short1.itl().p99()).isZero();
        assertThat(run(few(20, 200_000, 1)).good())
                .as("prompts of 200,000 tokens are late")
                .isZero();
    }

    /// Windows of 30 s with these shares of good requests, from 0 s on.
    private static OptionalDouble adapt(List<Double> shifts, double... shares) {
        var points = new ArrayList<Point>();
        for (int i = 0; i < shares.length; i++) {
            double nan = Double.NaN;
            points.add(new Point(30 * (i + 1), 1, 2, 2, 4, 4, 0, 0, nan, nan, shares[i], ""));
        }
        return Scoring.adapt(shifts, points, 0.95);
    }

    @Test
    void time_to_adapt_runs_from_the_shift_to_the_first_of_three_windows_at_target() {
        var at60 = List.of(60.0);
        assertThat(adapt(at60, 1, 1, 0, 0, 1, 1, 1)).hasValue(150 - 60);
        assertThat(adapt(at60, 1, 1, 1, 1, 1)).as("never lost").hasValue(90 - 60);
        assertThat(adapt(at60, 0, 0, 1, 1, 0.94, 0.95, 0.95, 0.95)).hasValue(180 - 60);
        assertThat(adapt(at60, 0, 0, 1, 1, Double.NaN, 1, 1, 1))
                .as("a window without requests is not at target")
                .hasValue(180 - 60);
    }

    @Test
    void time_to_adapt_is_the_mean_over_shifts_and_unknown_when_one_was_never_met() {
        assertThat(adapt(List.of(60.0, 180.0), 1, 1, 1, 1, 1, 1, 0, 1, 1, 1))
                .hasValue((30 + 60) / 2.0);
        assertThat(adapt(List.of(60.0, 180.0), 1, 1, 1, 1, 1, 1, 0, 1, 1)).isEmpty();
        assertThat(adapt(List.of(60.0), 1, 1, 1, 1)).as("two are not three").isEmpty();
        assertThat(adapt(List.of(), 1, 1, 1, 1)).as("no shift").isEmpty();
    }

    @Test
    void shifts_are_where_segments_of_the_trace_begin() {
        var outcome = run(Trials.turning());
        assertThat(outcome.shifts()).isEqualTo(1);
        assertThat(run(few(20, 1000, 2)).shifts()).isZero();
    }

    @Test
    void ranks_are_those_of_the_sorted_values() {
        var random = new SplittableRandom(5);
        for (int n : new int[] {1, 2, 19, 33, 100, 1000, 4097}) {
            for (int kinds : new int[] {2, 50, 1_000_000}) {
                double[] values = new double[n];
                for (int i = 0; i < n; i++) {
                    int kind = random.nextInt(kinds);
                    values[i] = kind == 1 ? Double.POSITIVE_INFINITY : kind;
                }
                double[] sorted = values.clone();
                Arrays.sort(sorted);
                var found = Scoring.quantiles(values);
                assertThat(found.p50()).isEqualTo(sorted[(n + 1) / 2 - 1]);
                assertThat(found.p95()).isEqualTo(sorted[(int) Math.ceil(0.95 * n) - 1]);
                assertThat(found.p99()).isEqualTo(sorted[(int) Math.ceil(0.99 * n) - 1]);
            }
        }
    }
}
