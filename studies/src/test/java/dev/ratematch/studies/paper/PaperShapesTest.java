package dev.ratematch.studies.paper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.experiments.design.Deployment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/// The shapes of the paper, with bands. Its figures are normalised, so that ratios and not rates
/// can be compared; where both numbers are known they stand beside one another. docs/paper.md has
/// the pictures.
final class PaperShapesTest {

    private static final Load LONG = Load.of(16_384, 2048);
    private static final Map<String, Deployment> KNOWN = new ConcurrentHashMap<>();

    private static Deployment deployment(ModelSpec model, Load load) {
        return KNOWN.computeIfAbsent(
                model.name() + load,
                _ -> Deployment.of(model, Accelerators.GB200, PaperFigures.WIDEST, load));
    }

    private static Deployment.Matched matched(ModelSpec model, double interactivity) {
        return deployment(model, LONG).matched(interactivity).orElseThrow();
    }

    private static double ratio(ModelSpec model, double interactivity) {
        return matched(model, interactivity).ratio();
    }

    /// Paper, Fig. 9, loosest to tightest: R1 3.64 to 0.056; ours 2.16 to 0.056 at 0.7 of the
    /// fastest, and less beyond. Ours starts lower as attention of 16K contexts takes more of a
    /// measured decode step than of an ideal one.
    @Test
    void theRatioOfR1FallsByOrdersOfMagnitude() {
        double before = Double.MAX_VALUE;
        for (double speed : new double[] {20, 30, 40, 50, 60, 70, 80, 100, 120, 140}) {
            double now = ratio(Models.DEEPSEEK_R1, speed);
            assertThat(now).isLessThanOrEqualTo(before);
            before = now;
        }
        assertThat(ratio(Models.DEEPSEEK_R1, 10)).isBetween(1.8, 3.7);
        assertThat(ratio(Models.DEEPSEEK_R1, 115)).isBetween(0.03, 0.09);
    }

    /// 405B: paper 2.07 to 0.20; ours 1.09 to 0.16 at 0.8 of the fastest. 70B: paper 0.95 to 0.45;
    /// ours 0.65 to 0.38 at half of it.
    @Test
    void theRatiosOfDenseModelsFallLess() {
        assertThat(ratio(Models.LLAMA_3_1_405B, 10)).isBetween(0.9, 2.1);
        assertThat(ratio(Models.LLAMA_3_1_405B, 52)).isBetween(0.1, 0.25);
        assertThat(ratio(Models.LLAMA_3_1_70B, 15)).isBetween(0.55, 0.95);
        assertThat(ratio(Models.LLAMA_3_1_70B, 67)).isBetween(0.3, 0.5);
    }

    /// 8B: paper 0.33 to 0.43, flat. Ours is 0.35 and stays within a quarter over the speeds that
    /// the larger models reach at all (to 80 tokens/s/user), where theirs fall to a fifth and less.
    /// Near its own limit, 400 tokens/s/user, it falls as well: single sequences leave any GPU
    /// idle.
    @Test
    void theRatioOfASmallModelIsAboutFlat() {
        double loose = ratio(Models.LLAMA_3_1_8B, 10);
        assertThat(loose).isBetween(0.3, 0.45);
        assertThat(ratio(Models.LLAMA_3_1_8B, 80)).isBetween(0.75 * loose, loose);
        assertThat(ratio(Models.DEEPSEEK_R1, 80) / ratio(Models.DEEPSEEK_R1, 10)).isLessThan(0.2);
        assertThat(ratio(Models.LLAMA_3_1_405B, 52) / ratio(Models.LLAMA_3_1_405B, 10))
                .isLessThan(0.2);
    }

    /// Fig. 10. Fixed 3.5: paper 98 % of matched where latency is loose and 5 % at the tight end;
    /// ours 70 % and 22 %, as our matched ratio starts at 2.2 and not at 3.6. Fixed 0.5: paper flat
    /// at 43 % of the loosest matched point; ours flat at 49 %.
    @Test
    void fixedRatiosLoseWhereThePaperSays() {
        var loose = matched(Models.DEEPSEEK_R1, 10);
        var middle = matched(Models.DEEPSEEK_R1, 40);
        var tight = matched(Models.DEEPSEEK_R1, 120);
        assertThat(loose.at(3.5) / loose.at(loose.ratio())).isBetween(0.6, 1.0);
        assertThat(tight.at(3.5) / tight.at(tight.ratio())).isBetween(0.03, 0.3);
        assertThat(loose.at(0.5) / loose.at(loose.ratio())).isBetween(0.4, 0.55);
        assertThat(middle.at(0.5)).isBetween(0.99 * loose.at(0.5), 1.01 * loose.at(0.5));
        assertThat(loose.at(3.5)).isGreaterThan(loose.at(0.5));
        assertThat(tight.at(3.5)).isLessThan(tight.at(0.5));
        for (double speed : new double[] {10, 20, 40, 60, 80, 120}) {
            var at = matched(Models.DEEPSEEK_R1, speed);
            assertThat(at.at(at.ratio())).isGreaterThanOrEqualTo(Math.max(at.at(3.5), at.at(0.5)));
        }
    }

    /// Fig. 7: little for 8B, most for 405B. At 0.2 of the fastest ours gains 0.90 times for 8B
    /// (co-located engines serve more), at 0.3 of it 1.07, 1.58 and 2.16 times.
    @Test
    void theGainGrowsWithTheModel() {
        var models = List.of(Models.LLAMA_3_1_8B, Models.LLAMA_3_1_70B, Models.LLAMA_3_1_405B);
        for (double share : new double[] {0.2, 0.4, 0.6}) {
            double before = 0;
            for (ModelSpec model : models) {
                var deployment = deployment(model, Load.of(4096, 256));
                double speed = share * deployment.fastest();
                double gain = PaperFigures.gain(deployment, deployment.colocated(10_000), speed);
                assertThat(gain).isGreaterThan(before);
                if (share == 0.2 && before == 0) {
                    assertThat(gain).isBetween(0.85, 1.35);
                }
                before = gain;
            }
        }
    }

    /// Fig. 11: wider expert parallelism pays for R1 at medium latency, more tensor parallelism for
    /// 70B at low latency.
    @Test
    void aLargerNvlinkDomainIsBetter() {
        var wide = deployment(Models.DEEPSEEK_R1, LONG);
        var narrow = wide.within(8);
        for (double speed : new double[] {10, 20, 40, 60, 80, 100, 140}) {
            var small = narrow.matched(speed).orElseThrow();
            var large = wide.matched(speed).orElseThrow();
            assertThat(large.at(large.ratio())).isGreaterThanOrEqualTo(small.at(small.ratio()));
        }
        var small = narrow.matched(60).orElseThrow();
        var large = wide.matched(60).orElseThrow();
        assertThat(large.at(large.ratio())).isGreaterThan(1.5 * small.at(small.ratio()));
        var dense = deployment(Models.LLAMA_3_1_70B, LONG);
        assertThat(dense.fastest()).isGreaterThan(1.05 * dense.within(8).fastest());
    }

    /// Fig. 5: paper 89 s to 2.9 s, tokens/s/GPU 0.99 to 1.03 of one stage; ours 102 s to 4.2 s,
    /// 0.92 to 1.00: each stage's iteration has a floor of 25 ms.
    @Test
    void chunksThroughStagesCutTheLatencyOfLongPrompts() {
        var points = LongPrompt.all();
        var one = points.getFirst();
        assertThat(one.ftlSeconds()).isBetween(60.0, 130.0);
        assertThat(points.getLast().ftlSeconds()).isBetween(2.0, 6.0);
        double before = Double.MAX_VALUE;
        for (var point : points) {
            assertThat(point.ftlSeconds()).isLessThan(0.65 * before);
            assertThat(point.tokensPerSecondPerGpu() / one.tokensPerSecondPerGpu())
                    .isBetween(0.90, 1.07);
            before = point.ftlSeconds();
        }
    }

    /// Fig. 12, R1 at 16K/2K: the larger direction 0.4 to 1.23 GB/s/GPU, and to 1.8 at long
    /// prompts; ours 0.65 to 1.41.
    @Test
    void kvTrafficIsInThePapersRange() {
        for (double speed : new double[] {10, 20, 40, 60, 80, 120}) {
            var at = matched(Models.DEEPSEEK_R1, speed);
            double out = at.prefill().egressBytesPerSecondPerGpu(Models.DEEPSEEK_R1, LONG);
            double in = at.decode().ingressBytesPerSecondPerGpu(Models.DEEPSEEK_R1, LONG);
            assertThat(Math.max(out, in)).isBetween(0.4e9, 1.8e9);
        }
    }

    /// Measured GB200 deployments: ratios of experts 2.50, 2.00, 0.88, 0.25; ours the same on as
    /// many GPUs. With the engine's factor of 1.08 on decode steps 0.67 comes out at 62.9
    /// tokens/s/user, worth 87 %: there 8 % of a step are a third of the batch.
    @Test
    void plansYieldWhatExpertsDoAtMeasuredRates() {
        var workers = PaperFigures.measuredWorkers(MeasuredPoint.ENGINE);
        var slower = PaperFigures.measuredWorkers(Engine.TRTLLM);
        for (var point : MeasuredPoint.ALL) {
            double experts = point.priced(point.ratio());
            double ours = MeasuredPoint.ratio(point.plan(workers));
            assertThat(point.priced(ours) / experts).as("ratio %s", ours).isGreaterThan(0.95);
            double cautious = MeasuredPoint.ratio(point.plan(slower));
            assertThat(point.priced(cautious) / experts)
                    .as("ratio %s", cautious)
                    .isGreaterThan(point.interactivity() == 62.9 ? 0.8 : 0.95);
        }
    }
}
