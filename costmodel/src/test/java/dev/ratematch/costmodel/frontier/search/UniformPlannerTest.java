package dev.ratematch.costmodel.frontier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.frontier.mix.Placement;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UniformPlannerTest {

    private static final KvLink LINK = new KvLink(1e11, KvLink.Mode.PULL, 0.005);

    private static List<CompiledWorker> workers(ModelSpec model) {
        var gpu = Accelerators.GB200;
        return Configurations.compile(
                        Configurations.candidates(gpu, 72),
                        model,
                        gpu,
                        p -> TestKernels.compile(model, gpu, Precision.NVFP4, p))
                .legal();
    }

    private static Target target(ModelSpec model) {
        return new Target(model, Load.of(8192, 1024), LINK, Pairing.FAN_OUT, 2, 0.02);
    }

    /// What the best of all counts of a pair serves, by trying them.
    private static double tried(Placement placement, PrefillPoint p, DecodePoint d) {
        double best = 0;
        for (int n = 1; n * p.worker().gpus() < placement.budgetGpus(); n++) {
            for (int m = 1;
                    n * p.worker().gpus() + m * d.worker().gpus() <= placement.budgetGpus();
                    m++) {
                double served = Math.min(n * p.requestsPerSecond(), m * d.requestsPerSecond());
                if (served > best && placement.fits(pieces(p.worker(), n, d.worker(), m))) {
                    best = served;
                }
            }
        }
        return best;
    }

    private static int[] pieces(CompiledWorker p, int n, CompiledWorker d, int m) {
        int first = n * p.parallelism().pipeline();
        int[] pieces = new int[first + m * d.parallelism().pipeline()];
        Arrays.fill(pieces, 0, first, p.parallelism().gpusPerStage());
        Arrays.fill(pieces, first, pieces.length, d.parallelism().gpusPerStage());
        return pieces;
    }

    /// 100 GPUs are a rack and a part of one, where stages of 16 and 32 leave gaps.
    @Test
    void everyPairHasTheCountsThatServeMost() {
        var target = target(Models.DEEPSEEK_R1);
        var workers = workers(target.model());
        var prefill = FleetPlanner.prefillPoints(target, workers);
        var decode = FleetPlanner.decodePoints(target, workers);
        for (int gpus : new int[] {9, 72, 100}) {
            var placement = new Placement(72, gpus);
            var plans = new UniformPlanner(target, placement).all(prefill, decode);
            int fit = 0;
            for (PrefillPoint p : prefill) {
                for (DecodePoint d : decode) {
                    fit += tried(placement, p, d) > 0 ? 1 : 0;
                }
            }
            assertThat(plans).hasSize(fit);
            for (UniformPlan plan : plans) {
                var mix = plan.mix();
                assertThat(mix.servedRequestsPerSecond())
                        .as(plan.names())
                        .isCloseTo(tried(placement, plan.prefill(), plan.decode()), within(1e-9));
                assertThat(mix.idleGpus()).isNotNegative();
                assertThat(
                                placement.fits(
                                        pieces(
                                                plan.prefill().worker(),
                                                mix.prefillReplicas(),
                                                plan.decode().worker(),
                                                mix.decodeReplicas())))
                        .isTrue();
            }
        }
    }

    @Test
    void whatMayNotBePairedIsNot() {
        var target = target(Models.LLAMA_3_1_70B);
        var workers = workers(target.model());
        var plans =
                new UniformPlanner(target, new Placement(72, 72))
                        .all(
                                FleetPlanner.prefillPoints(target, workers),
                                FleetPlanner.decodePoints(target, workers));
        assertThat(plans)
                .isNotEmpty()
                .allMatch(
                        plan ->
                                plan.prefill().worker().parallelism().tensor()
                                        <= plan.decode().worker().parallelism().tensor());
    }

    /// The rate of a role without so many of its engines.
    private static double without(double poolRate, double engineRate, double otherRate) {
        return Math.min(poolRate - engineRate, otherRate);
    }

    /// What either pool has too much of idles, unless the loss of an engine would hurt without it.
    @Test
    void anEngineMoreThanIsNeededIsThereForTheLossOfOne() {
        var target = target(Models.DEEPSEEK_R1);
        var workers = workers(target.model());
        int spares = 0;
        for (UniformPlan plan :
                new UniformPlanner(target, new Placement(72, 72))
                        .all(
                                FleetPlanner.prefillPoints(target, workers),
                                FleetPlanner.decodePoints(target, workers))) {
            double served = plan.servedRequestsPerSecond();
            double prefill = plan.mix().prefillRequestsPerSecond();
            double decode = plan.mix().decodeRequestsPerSecond();
            double onePrefill = plan.prefill().requestsPerSecond();
            double oneDecode = plan.decode().requestsPerSecond();
            boolean sparePrefill = prefill - onePrefill >= served * (1 + 1e-9);
            boolean spareDecode = decode - oneDecode >= served * (1 + 1e-9);
            spares += sparePrefill || spareDecode ? 1 : 0;
            if (sparePrefill) {
                assertThat(without(prefill - onePrefill, onePrefill, decode))
                        .as(plan.names())
                        .isLessThan(0.98 * served);
            }
            if (spareDecode) {
                assertThat(without(decode - oneDecode, oneDecode, prefill))
                        .as(plan.names())
                        .isLessThan(0.98 * served);
            }
        }
        assertThat(spares).isPositive();
    }
}
