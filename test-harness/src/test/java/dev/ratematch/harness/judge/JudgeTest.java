package dev.ratematch.harness.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.harness.cluster.MeasuredShapes;
import dev.ratematch.harness.cluster.PlantSettings;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Segment;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static final long SECOND = 1_000_000_000L;
    private static final Slo SLO = new Slo(2, 0.03, 95);
    private static final int GPUS = 8;

    /// Prompts, then answers: the best ratio turns in the middle.
    private static Trace turning() {
        var random = new SplittableRandom(3);
        var requests = new ArrayList<Request>();
        poisson(requests, random, 0, 300, 26, 4000, 40);
        poisson(requests, random, 300, 600, 45, 500, 900);
        return new Trace(
                "turning",
                requests,
                600 * SECOND,
                List.of(
                        new Segment("prompts", 0, 300 * SECOND),
                        new Segment("answers", 300 * SECOND, 600 * SECOND)));
    }

    private static void poisson(
            List<Request> into,
            SplittableRandom random,
            double from,
            double to,
            double perSecond,
            int isl,
            int osl) {
        double at = from;
        while (true) {
            at -= StrictMath.log(1 - random.nextDouble()) / perSecond;
            if (at >= to) {
                return;
            }
            into.add(
                    new Request(
                            (long) (at * SECOND),
                            1 + random.nextInt(2 * isl - 1),
                            1 + random.nextInt(2 * osl - 1),
                            Request.NONE));
        }
    }

    private static Episode episode(Trace trace) {
        var tp2 = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2");
        return new Episode(PlantSettings.of(tp2, tp2, GPUS), trace, SLO, 15);
    }

    private static Judge judge(Episode episode) {
        var pool = new PoolRequest(null, "tp2", null, null, null, null, null, null, null);
        Service service =
                ServiceFactory.create(
                        new ServiceRequest(
                                "llama-3.1-70b",
                                "b200",
                                "nvfp4",
                                null,
                                null,
                                SLO,
                                GPUS,
                                null,
                                null,
                                pool,
                                pool));
        return new Judge(episode, service.spec(), service.laws(), Progress.NONE);
    }

    @Test
    void no_policy_exceeds_the_bound_loses_a_request_or_holds_more_than_the_cluster() {
        var verdict = judge(episode(turning())).run(Judge.POLICIES, _ -> {});
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
        assertThat(verdict.boundOverStatic()).isGreaterThan(1.1);
        var ratematch = verdict.runs().getFirst();
        assertThat(ratematch.good()).isGreaterThan(verdict.staticBest().good());
        assertThat(ratematch.moves()).isPositive();
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

    @Test
    void the_page_stands_alone_and_escapes_what_it_is_given() {
        String page = Html.page(report());
        assertThat(page)
                .contains("&lt;turning&gt;", "<svg")
                .doesNotContain("<turning>", "http://", "https://", "<script");
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
