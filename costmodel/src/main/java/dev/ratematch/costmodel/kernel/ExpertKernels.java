package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.parallel.WeightType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Routed experts of one rank. A shape that was not measured takes the surface of the nearest one:
/// its own roofline, the other's distance from it. Threads may share it.
public final class ExpertKernels {

    /// TensorRT-LLM takes the low-latency kernel up to so many tokens.
    private static final double LOW_LATENCY_TOKENS = 128;

    private final FamilyProfile family;
    private final @Nullable FamilyProfile wide;
    private final Accelerator accelerator;
    private final Map<Asked, Choice> choices = new ConcurrentHashMap<>();

    ExpertKernels(KernelProfile profile) {
        this.family = profile.family(KernelFamilies.EXPERTS);
        this.wide = profile.families().get(KernelFamilies.WIDE_EXPERTS);
        this.accelerator = profile.accelerator();
    }

    /// Experts of one layer.
    ///
    /// @param hidden width of the residual stream
    /// @param intermediate width of one expert
    /// @param topK experts per token
    /// @param experts experts
    public record Shape(int hidden, int intermediate, int topK, int experts) {

        double distance(List<String> key) {
            double[] mine = {hidden, intermediate, topK, experts};
            double sum = 0;
            for (int i = 0; i < mine.length; i++) {
                double apart = KernelFamily.log2(mine[i] / Double.parseDouble(key.get(3 + i)));
                sum += apart * apart;
            }
            return sum;
        }

        List<String> columns() {
            return List.of(
                    Integer.toString(hidden),
                    Integer.toString(intermediate),
                    Integer.toString(topK),
                    Integer.toString(experts));
        }
    }

    private record Asked(WeightType type, Shape shape, String skew, boolean low) {}

    private record Choice(List<String> measured, List<String> own, Confidence confidence) {}

    /// Latency of one layer's routed experts.
    ///
    /// @param skew imbalance of the routing, a power law: 1.01 or 1.2
    /// @param tokens tokens of the whole group of ranks
    /// @param shardsAndRanks GPUs that share one expert, and groups over which whole experts are
    ///   placed
    public Estimate micros(
            WeightType type, Shape shape, String skew, double tokens, int[] shardsAndRanks) {
        boolean low = type == WeightType.NVFP4 && tokens <= LOW_LATENCY_TOKENS;
        Choice choice =
                choices.computeIfAbsent(
                        new Asked(type, shape, skew, low),
                        asked -> choose(asked.type, asked.shape, asked.skew, asked.low));
        double[] sizes = {tokens, shardsAndRanks[0], shardsAndRanks[1]};
        Estimate measured = family.estimate(choice.measured(), sizes, accelerator);
        if (choice.measured().equals(choice.own())) {
            return measured.atMost(choice.confidence());
        }
        KernelFamily kernels = family.family();
        double factor =
                kernels.referenceMicros(choice.own(), sizes, accelerator)
                        / kernels.referenceMicros(choice.measured(), sizes, accelerator);
        return new Estimate(
                measured.micros() * factor,
                kernels.rooflineMicros(choice.own(), sizes, accelerator),
                measured.confidence().and(Confidence.TRANSFERRED));
    }

    /// The same on more ranks than a token has experts, hot experts placed apart; empty where that
    /// was not measured for the shape.
    public Optional<Estimate> apart(
            WeightType type, Shape shape, String skew, double tokens, int ranks) {
        var key =
                new ArrayList<>(
                        List.of(format(type).label(), "cutlass", "power_law_" + skew + "_eplb"));
        key.addAll(shape.columns());
        key.add(Integer.toString(shape.experts()));
        return wide != null && wide.knows(key)
                ? Optional.of(wide.estimate(key, new double[] {tokens, 1, ranks}, accelerator))
                : Optional.empty();
    }

    private Choice choose(WeightType type, Shape shape, String skew, boolean low) {
        String format = format(type).label();
        List<String> best = null;
        double least = Double.MAX_VALUE;
        for (String text : family.surfaces().keySet()) {
            List<String> key = List.of(text.split(","));
            double cost = shape.distance(key);
            cost += key.get(0).equals(format) ? 0 : 1000;
            cost += key.get(1).equals("min_latency") == low ? 0 : 0.01;
            cost +=
                    key.get(2).equals("power_law_" + skew)
                            ? 0
                            : key.get(2).equals("balanced") ? 2 : 1;
            if (cost < least) {
                least = cost;
                best = key;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("The profile has no expert kernels.");
        }
        var own = new ArrayList<>(best.subList(0, 3));
        own.set(0, type == WeightType.BF16 ? Format.BFLOAT16.label() : format);
        own.addAll(shape.columns());
        boolean exact = least < 0.02 && format.equals(type.label());
        return new Choice(best, own, exact ? Confidence.FITTED : Confidence.TRANSFERRED);
    }

    private static Format format(WeightType type) {
        return switch (type) {
            case BF16, FP8_BLOCK -> Format.FP8_BLOCK;
            case FP8 -> Format.FP8;
            case NVFP4 -> Format.NVFP4;
            case MXFP4 -> Format.W4A8_MXFP4;
            case MXFP4_A16, INT4 -> Format.W4A16_MXFP4;
        };
    }
}
