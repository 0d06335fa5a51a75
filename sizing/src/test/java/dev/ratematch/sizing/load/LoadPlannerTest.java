package dev.ratematch.sizing.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.frontier.search.ShapeRules;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.WorkerCompiler;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadPlannerTest {

    private static final List<CompiledWorker> WORKERS = compiled("tp1", "tp2", "tp4", "tp1pp2");

    private static List<CompiledWorker> compiled(String... shapes) {
        var gpu = Accelerators.named("b200");
        var model = Models.named("llama-3.1-70b");
        var compiler =
                new WorkerCompiler(
                        ShippedProfiles.kernels(gpu),
                        model,
                        Quantization.of(Precision.NVFP4, model, KvDtype.FP8),
                        ShippedProfiles.engine("trtllm", model, Precision.NVFP4, gpu));
        return Stream.of(shapes).map(s -> compiler.compile(Parallelism.parse(s))).toList();
    }

    private static Target target(double ttft, double itl) {
        return new Target(
                Models.named("llama-3.1-70b"),
                Load.of(4096, 512),
                KvLink.of(Accelerators.named("b200"), KvLink.Mode.PULL),
                Pairing.ANY,
                ttft,
                itl);
    }

    private static LoadPlanner planner(double ttft, double itl, Traffic traffic) {
        return new LoadPlanner(
                target(ttft, itl), WORKERS, ShapeRules.ONE_PER_ROLE, traffic, 16_384);
    }

    private final LoadPlanner usual = planner(2, 0.03, Traffic.USUAL);

    @Test
    void the_fewest_gpus_keep_both_promises_and_one_engine_less_does_not() {
        var plan = usual.least(new Offered.Rate(40)).orElseThrow();
        assertThat(plan.mostRequestsPerSecond()).isGreaterThanOrEqualTo(40);
        assertThat(plan.latencies().ttftSeconds()).isLessThanOrEqualTo(2);
        assertThat(plan.latencies().itlSeconds()).isLessThanOrEqualTo(0.03);
        assertThat(plan.withoutOnePrefill()).isLessThan(40);
        assertThat(plan.withoutOneDecode()).isLessThan(40);
        assertThat(usual.most(plan.gpus() - 1).orElseThrow().mostRequestsPerSecond())
                .isLessThan(40);
    }

    @Test
    void what_gpus_keep_at_most_needs_no_fewer() {
        for (int gpus : new int[] {4, 9, 16, 33}) {
            double most = usual.most(gpus).orElseThrow().mostRequestsPerSecond();
            assertThat(usual.least(new Offered.Rate(0.999 * most)).orElseThrow().gpus())
                    .isLessThanOrEqualTo(gpus);
            assertThat(usual.least(new Offered.Rate(1.001 * most)).orElseThrow().gpus())
                    .isGreaterThan(gpus);
        }
    }

    @Test
    void queueing_costs_what_saturated_engines_do_not_show() {
        var plan = usual.least(new Offered.Rate(40)).orElseThrow();
        assertThat(plan.prefillBusy()).isBetween(0.3, 0.99);
        var near = planner(0.25, 0.03, Traffic.USUAL).least(new Offered.Rate(40)).orElseThrow();
        assertThat(near.gpus()).isGreaterThan(plan.gpus());
    }

    @Test
    void bursts_and_long_prompts_take_more() {
        var bursts = planner(2, 0.03, new Traffic(95, 20, 0)).most(16).orElseThrow();
        var uneven = planner(2, 0.03, new Traffic(95, 1, 2)).most(16).orElseThrow();
        var more = planner(2, 0.03, new Traffic(99, 1, 0)).most(16).orElseThrow();
        double most = usual.most(16).orElseThrow().mostRequestsPerSecond();
        assertThat(bursts.mostRequestsPerSecond()).isLessThan(most);
        assertThat(uneven.mostRequestsPerSecond()).isLessThan(most);
        assertThat(more.mostRequestsPerSecond()).isLessThan(most);
    }

    @Test
    void clients_come_to_the_rate_at_which_their_answers_end() {
        var plan = usual.least(new Offered.Concurrency(400)).orElseThrow();
        var at = plan.latencies();
        assertThat(plan.requestsPerSecond() * (at.ttftMeanSeconds() + 511 * at.itlMeanSeconds()))
                .isCloseTo(400, within(0.01));
        assertThat(plan.mostRequestsPerSecond()).isGreaterThanOrEqualTo(plan.requestsPerSecond());
    }

    @Test
    void a_pipeline_takes_prompts_one_after_another_and_answers_late() {
        var one = alone("tp1").most(20).orElseThrow();
        var two = alone("tp1pp2").most(21).orElseThrow();
        assertThat(two.prefill().gpus()).isEqualTo(2);
        assertThat(two.prefillMostRequestsPerSecond() / two.prefillReplicas())
                .isGreaterThan(1.5 * one.prefillMostRequestsPerSecond() / one.prefillReplicas());
        assertThat(alone("tp1pp2").leastTtftSeconds())
                .isCloseTo(alone("tp1").leastTtftSeconds(), withinPercentage(40));
    }

    private static LoadPlanner alone(String prefill) {
        return new LoadPlanner(
                target(2, 0.03),
                WORKERS,
                new ShapeRules(
                        false,
                        Optional.of(Parallelism.parse(prefill)),
                        Optional.of(Parallelism.parse("tp2"))),
                Traffic.USUAL,
                16_384);
    }

    @Test
    void what_nobody_keeps_has_no_plan() {
        assertThat(planner(0.001, 0.03, Traffic.USUAL).least(new Offered.Rate(1))).isEmpty();
        assertThat(planner(2, 0.0001, Traffic.USUAL).most(64)).isEmpty();
        assertThat(usual.least(new Offered.Rate(1e7))).isEmpty();
        assertThat(planner(0.001, 0.03, Traffic.USUAL).leastTtftSeconds()).isGreaterThan(0.001);
    }
}
