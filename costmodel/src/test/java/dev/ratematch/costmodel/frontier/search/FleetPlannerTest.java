package dev.ratematch.costmodel.frontier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.mix.Placement;
import dev.ratematch.costmodel.frontier.points.Binding;
import dev.ratematch.costmodel.frontier.points.DecodeChoice;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.Pricing;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.KvLink;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FleetPlannerTest {

    private static final KvLink LINK = new KvLink(1e11, KvLink.Mode.PULL, 0.005);

    private static List<CompiledWorker> workers(ModelSpec model, Accelerator gpu, int gpus) {
        return Configurations.compile(
                        Configurations.candidates(gpu, gpus),
                        model,
                        gpu,
                        p -> TestKernels.compile(model, gpu, Precision.NVFP4, p))
                .legal();
    }

    private static Target target(ModelSpec model, Load load, double ttft, double itl) {
        return new Target(model, load, LINK, Pairing.FAN_OUT, ttft, itl);
    }

    private static FleetPlan plan(Target target, Accelerator gpu, int gpus) {
        return plan(target, gpu, gpus, ShapeRules.MIXED);
    }

    private static FleetPlan plan(Target target, Accelerator gpu, int gpus, ShapeRules rules) {
        var result =
                FleetPlanner.plan(
                        target,
                        new Placement(gpu.nvlinkGpus(), gpus),
                        workers(target.model(), gpu, gpus),
                        rules);
        assertThat(result).isInstanceOf(FleetPlanner.Result.Planned.class);
        return ((FleetPlanner.Result.Planned) result).plan();
    }

    @Test
    void keepsItsPromisesWithinBudgetAndPairing() {
        var target = target(Models.DEEPSEEK_R1, Load.of(8192, 1024), 5, 0.025);
        var plan = plan(target, Accelerators.GB200, 72);
        assertThat(plan.exact()).isTrue();
        assertThat(plan.ttftSeconds()).isBetween(0.05, 5.0);
        assertThat(plan.itlSeconds()).isBetween(0.005, 0.025);
        assertThat(plan.mix().idleGpus()).isBetween(0, 8);
        assertThat(plan.mix().servedRequestsPerSecond())
                .isLessThanOrEqualTo(plan.mix().boundRequestsPerSecond());
        assertThat(plan.tokensPerSecondPerGpu())
                .isLessThanOrEqualTo(1.0001 * plan.match().tokensPerSecondPerGpu());
        for (var p : plan.prefill()) {
            for (var d : plan.decode()) {
                assertThat(target.pairing().allows(p.worker(), d.worker(), target.model()))
                        .isTrue();
            }
        }
        assertThat(plan.runnerUp().orElseThrow().servedRequestsPerSecond())
                .isBetween(1.0, plan.mix().servedRequestsPerSecond());
        assertThat(plan.colocatedWins()).isFalse();
    }

    @Test
    void aRoleHasOneShapeUnlessMixesAreAllowed() {
        var target = target(Models.DEEPSEEK_R1, Load.of(8192, 1024), 2, 0.02);
        var plan = plan(target, Accelerators.GB200, 100, ShapeRules.ONE_PER_ROLE);
        assertThat(plan.mix().prefill()).hasSize(1);
        assertThat(plan.mix().decode()).hasSize(1);
        assertThat(plan.colocated().orElseThrow().counts()).hasSize(1);
        assertThat(plan.uniform()).hasSize(5).doesNotHaveDuplicates();
        assertThat(plan.mix()).isEqualTo(plan.uniform().getFirst().mix());
        assertThat(plan.runnerUp()).contains(plan.uniform().get(1).mix());
        var mixed = plan(target, Accelerators.GB200, 100);
        assertThat(mixed.mix().prefill().size() + mixed.mix().decode().size()).isGreaterThan(2);
        assertThat(plan.mixed()).contains(mixed.mix());
        assertThat(mixed.uniform()).hasSameSizeAs(plan.uniform());
        double one = plan.mix().servedRequestsPerSecond();
        assertThat(mixed.mix().servedRequestsPerSecond())
                .isCloseTo(one * (1 + plan.mixedGainPercent() / 100), within(1e-9));
    }

    @Test
    void aShapeThatIsFixedIsKept() {
        var target = target(Models.DEEPSEEK_R1, Load.of(8192, 1024), 2, 0.02);
        var rules =
                new ShapeRules(
                        false, Optional.of(Parallelism.tep(8)), Optional.of(Parallelism.dep(8)));
        var plan = plan(target, Accelerators.GB200, 72, rules);
        assertThat(plan.uniform()).hasSize(1);
        assertThat(plan.prefill().getFirst().name()).isEqualTo("tep8");
        assertThat(plan.decode().getFirst().name()).isEqualTo("dep8");
        var onlyDecode = new ShapeRules(false, Optional.empty(), Optional.of(Parallelism.dep(8)));
        var open = plan(target, Accelerators.GB200, 72, onlyDecode);
        assertThat(open.uniform()).hasSize(5).allMatch(p -> p.decode().name().equals("dep8"));
        assertThat(open.mix().servedRequestsPerSecond())
                .isGreaterThan(plan.mix().servedRequestsPerSecond());
    }

    /// The band is that of the paper's figure on KV traffic, widened by its batch-free low end.
    @Test
    void sendsAsMuchKvAsThePaperSays() {
        var target = target(Models.DEEPSEEK_R1, Load.of(16_384, 2048), 10, 0.05);
        var plan = plan(target, Accelerators.GB200, 72);
        assertThat(plan.egressBytesPerSecondPerGpu()).isBetween(0.2e9, 1.9e9);
        assertThat(plan.ingressBytesPerSecondPerGpu()).isBetween(0.2e9, 1.9e9);
    }

    @Test
    void tighterLatencyMovesGpusToDecode() {
        double ratio = Double.MAX_VALUE;
        for (double itl : new double[] {0.06, 0.025, 0.015, 0.011}) {
            var target = target(Models.DEEPSEEK_R1, Load.of(16_384, 2048), 10, itl);
            double now = plan(target, Accelerators.GB200, 144).match().ratio();
            assertThat(now).isLessThan(ratio);
            ratio = now;
        }
        assertThat(ratio).isLessThan(0.7);
    }

    @Test
    void everyDecodeBatchIsNoBetterThanTheOneChosen() {
        var target = target(Models.LLAMA_3_1_70B, Load.of(4096, 512), 2, 0.02);
        for (var worker : workers(target.model(), Accelerators.B200, 8)) {
            double best = 0;
            int slots = worker.parallelism().pipeline() * worker.parallelism().attentionData();
            for (int n = 1; n <= DecodeChoice.SEQUENCES; n++) {
                double itl =
                        Pricing.itlSeconds(
                                worker,
                                target.model(),
                                target.load(),
                                (double) n * worker.parallelism().attentionData());
                if (itl <= target.itlSeconds()
                        && (double) n * slots * target.load().finalTokens()
                                <= worker.kvCapacityTokens()) {
                    best = Math.max(best, n * slots / (itl * target.load().decodeTokens()));
                }
            }
            double chosen =
                    new DecodeChoice(target, worker)
                            .best()
                            .map(DecodePoint::requestsPerSecond)
                            .orElse(0.0);
            assertThat(chosen).isBetween(0.999 * best, best);
        }
    }

    @Test
    void saysHowFastTheFastestIs() {
        var target = target(Models.LLAMA_3_1_70B, Load.of(8192, 512), 0.001, 0.0001);
        var result =
                FleetPlanner.plan(
                        target,
                        new Placement(8, 16),
                        workers(target.model(), Accelerators.B200, 16),
                        ShapeRules.ONE_PER_ROLE);
        assertThat(result)
                .isInstanceOfSatisfying(
                        FleetPlanner.Result.TooSlow.class,
                        slow -> {
                            assertThat(slow.prefillInTime()).isFalse();
                            assertThat(slow.decodeInTime()).isFalse();
                            assertThat(slow.fastestPrefill().orElseThrow().ttftSeconds())
                                    .isBetween(0.02, 1.0);
                            assertThat(slow.fastestDecode().orElseThrow().itlSeconds())
                                    .isBetween(0.001, 0.02);
                        });
    }

    @Test
    void saysHowManyGpusAreMissing() {
        var target = target(Models.LLAMA_3_1_405B, Load.of(8192, 512), 10, 0.03);
        var workers = workers(target.model(), Accelerators.B200, 16);
        assertThat(FleetPlanner.plan(target, new Placement(8, 3), workers, ShapeRules.ONE_PER_ROLE))
                .isInstanceOfSatisfying(
                        FleetPlanner.Result.TooFewGpus.class,
                        few ->
                                assertThat(
                                                few.prefill().worker().gpus()
                                                        + few.decode().worker().gpus())
                                        .isEqualTo(3 + few.missing()));
    }

    @Test
    void prefixHitsAndSpeculationShiftTheRatioApart() {
        var model = Models.LLAMA_3_1_70B;
        var plain = plan(target(model, Load.of(8192, 1024), 3, 0.02), Accelerators.B200, 32);
        var hits = new Load(8192, 1024, 0.6, 0, 1);
        var cached = plan(target(model, hits, 3, 0.02), Accelerators.B200, 32);
        var drafts = new Load(8192, 1024, 0, 3, 2.2);
        var drafted = plan(target(model, drafts, 3, 0.02), Accelerators.B200, 32);
        assertThat(cached.match().ratio()).isLessThan(0.6 * plain.match().ratio());
        assertThat(drafted.match().ratio()).isGreaterThan(1.2 * plain.match().ratio());
        assertThat(cached.mix().servedRequestsPerSecond())
                .isGreaterThan(plain.mix().servedRequestsPerSecond());
    }

    @Test
    void aThinLinkBindsAndIsNamed() {
        var thin = new KvLink(2e8, KvLink.Mode.PULL, 0.005);
        var load = Load.of(2048, 256);
        var target = new Target(Models.LLAMA_3_1_8B, load, thin, Pairing.FAN_OUT, 30, 0.05);
        var plan = plan(target, Accelerators.B200, 16);
        assertThat(plan.binding()).isIn(Binding.EGRESS, Binding.INGRESS);
    }

    /// A filler worker on the last GPUs says nothing about its pool.
    @Test
    void theWorkersWithMostGpusBind() {
        var load = new Load(8192, 1024, 0.5, 2, 2.2);
        var plan = plan(target(Models.DEEPSEEK_R1, load, 5, 0.025), Accelerators.GB200, 72);
        var counts =
                plan.mix().limit() == Mix.Limit.PREFILL
                        ? plan.mix().prefill()
                        : plan.mix().decode();
        int most = counts.stream().mapToInt(Mix.Count::gpus).max().orElseThrow();
        var bindings = new ArrayList<Binding>();
        for (int i = 0; i < counts.size(); i++) {
            if (counts.get(i).gpus() == most) {
                bindings.add(
                        plan.mix().limit() == Mix.Limit.PREFILL
                                ? plan.prefill().get(i).binding()
                                : plan.decode().get(i).binding());
            }
        }
        assertThat(plan.binding()).isIn(bindings);
        assertThat(plan.binding()).isNotEqualTo(Binding.KV_MEMORY);
    }

    @Test
    void countsWhatIsIllegalByReason() {
        var gpu = Accelerators.B200;
        var model = Models.LLAMA_3_1_405B;
        var found =
                Configurations.compile(
                        Configurations.candidates(gpu, 16),
                        model,
                        gpu,
                        p -> TestKernels.compile(model, gpu, Precision.BF16, p));
        assertThat(found.legal()).isNotEmpty();
        assertThat(found.counts())
                .containsKeys(Configurations.Reason.SHAPE, Configurations.Reason.MEMORY);
        assertThat(found.illegal()).allMatch(each -> each.message().endsWith("."));
    }

    /// Thread-allocated bytes are a count, not a time.
    @Test
    void sweepingAllocatesNothing() {
        var target = target(Models.DEEPSEEK_R1, Load.of(8192, 1024), 5, 0.025);
        var workers = workers(target.model(), Accelerators.GB200, 72);
        var prefill = FleetPlanner.prefillPoints(target, workers);
        var sweep = new DecodeSweep(target, workers, prefill, 200_000);
        sweep.fill(0);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < sweep.slices(); i++) {
            sweep.fill(i);
        }
        long after = threads.getCurrentThreadAllocatedBytes();
        assertThat((double) (after - before) / sweep.size()).isLessThan(1);
        assertThat(Frontier.of(sweep).points()).hasSizeGreaterThan(20);
    }
}
