package dev.ratematch.harness.judge;

import static dev.ratematch.harness.judge.Trials.GPUS;
import static dev.ratematch.harness.judge.Trials.SECOND;
import static dev.ratematch.harness.judge.Trials.SLO;
import static dev.ratematch.harness.judge.Trials.episode;
import static dev.ratematch.harness.judge.Trials.judge;
import static dev.ratematch.harness.judge.Trials.turning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.harness.traffic.CodeReasoningSplice;
import dev.ratematch.harness.traffic.Generators;
import dev.ratematch.harness.traffic.Trace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeTest {

    @Test
    void no_policy_exceeds_the_bound_loses_a_request_or_holds_more_than_the_cluster() {
        var verdict = check(turning());
        assertThat(verdict.boundOverStatic()).isGreaterThan(1.1);
        var ratematch = verdict.runs().getFirst();
        assertThat(ratematch.good()).isGreaterThan(verdict.staticBest().good());
        assertThat(ratematch.moves()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"phase-inversion", "azure-conv", "azure-code", "mooncake", "reasoning"})
    void no_policy_exceeds_the_bound_on_traffic_of_any_shape(String generator) {
        check(Trials.scaled(Generators.generate(generator, 1, 900)));
    }

    @Test
    void no_policy_exceeds_the_bound_on_a_part_of_recorded_code_and_reasoning() {
        check(Trials.scaled(CodeReasoningSplice.load().window(600 * SECOND, 1500 * SECOND)));
    }

    private static Judge.Verdict check(Trace trace) {
        var verdict = judge(episode(trace)).run(Judge.POLICIES, _ -> {});
        assertThat(verdict.runs()).hasSize(Judge.POLICIES.size());
        for (var run : verdict.runs()) {
            assertThat(run.good()).as(run.policy()).isLessThanOrEqualTo(verdict.bound().good());
            assertThat(run.good()).as(run.policy()).isLessThanOrEqualTo(run.completed());
            assertThat(run.completed() + run.unfinished() + run.dropped() + run.rejected())
                    .as(run.policy())
                    .isEqualTo(run.offered());
            for (var point : run.timeline()) {
                int held = point.prefillReadyGpus() + point.decodeReadyGpus() + point.movingGpus();
                assertThat(held).as(run.policy()).isLessThanOrEqualTo(GPUS);
            }
        }
        return verdict;
    }

    @Test
    void the_same_seed_gives_the_same_report() throws Exception {
        assertThat(json()).isEqualTo(json());
        var root = new ObjectMapper().readTree(json());
        assertThat(root.fieldNames())
                .toIterable()
                .containsExactly(
                        "trace",
                        "seed",
                        "slo",
                        "budget_gpus",
                        "profile",
                        "lead_time_s",
                        "bound_over_static",
                        "runs");
        assertThat(root.get("runs").get(0).fieldNames())
                .toIterable()
                .containsExactly(
                        "policy",
                        "offered",
                        "good",
                        "completed",
                        "unfinished",
                        "rejected",
                        "dropped",
                        "attainment",
                        "goodput_rps",
                        "gpu_hours",
                        "moves",
                        "thrash",
                        "adapt_s",
                        "ttft_ms",
                        "itl_ms",
                        "targets");
    }

    private static String json() {
        return report().json();
    }

    private static Report report() {
        var trace = turning();
        var verdict = judge(episode(trace)).run(List.of("ratematch", "bound"), _ -> {});
        return new Report(
                "<turning>",
                trace.requests().size(),
                600,
                List.of(1.0),
                Map.of(1, 1.0),
                Map.of(1, 1.0),
                1,
                SLO,
                GPUS,
                "test",
                60,
                verdict);
    }

    /// Nothing wraps, numbers stay whole, and the latencies have a table of their own where there
    /// is no room for them.
    @Test
    void the_table_is_no_wider_than_the_terminal() {
        var report = report();
        for (int columns : new int[] {80, 120, 160, 200}) {
            var lines = report.table(new Look(columns, false)).lines().toList();
            assertThat(lines).allMatch(line -> line.length() <= columns);
            assertThat(lines.stream().filter(line -> line.startsWith("ratematch ")))
                    .hasSize(columns >= 160 ? 1 : 2);
            assertThat(String.join("\n", lines)).contains("TTFT p50/95/99 ms");
        }
        assertThat(report.table(new Look(80, true))).contains("\033[1mpolicy");
        assertThat(report.table(Look.PLAIN)).doesNotContain("\033");
    }

    @Test
    void every_row_has_every_column() {
        var report = report();
        assertThat(report.rows()).allMatch(row -> row.size() == report.headings().size());
        assertThat(report.headings()).startsWith("policy", "good").endsWith("parameters");
    }

    @Test
    void a_static_fleet_costs_its_gpus_for_the_whole_trace() {
        var pair = new Episode.Pair(2, 2);
        var outcome = episode(turning()).run(new StaticPolicy(pair), pair, _ -> {});
        assertThat(outcome.gpuHours()).isCloseTo(GPUS * 600 / 3600.0, within(1e-6));
        assertThat(outcome.moves()).isZero();
        assertThat(outcome.thrash()).isZero();
    }

    @Test
    void going_back_and_forth_within_ten_minutes_is_thrash() {
        var pair = new Episode.Pair(1, 1);
        var swing =
                new Policy() {
                    @Override
                    public String name() {
                        return "swing";
                    }

                    @Override
                    public Command decide(View view) {
                        boolean up = (int) (view.atSeconds() / 60) % 2 == 1;
                        return new Command(up ? 2 : 1, 1, "swing");
                    }
                };
        var outcome = episode(turning()).run(swing, pair, _ -> {});
        assertThat(outcome.moves()).isGreaterThanOrEqualTo(10);
        assertThat(outcome.thrash()).isEqualTo(outcome.moves() - 1);
    }
}
