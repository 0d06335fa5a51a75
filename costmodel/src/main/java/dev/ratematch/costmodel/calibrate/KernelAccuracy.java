package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.kernel.FamilyProfile;
import dev.ratematch.costmodel.kernel.KernelFamily;
import dev.ratematch.costmodel.kernel.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Errors of kernel surfaces on launches that had no part in their fit.
///
/// @param family name of the family
/// @param rows errors when every fourth launch is left out
/// @param shapes errors when every fourth shape is left out with all its launches
public record KernelAccuracy(String family, Errors rows, Errors shapes) {

    private static final int FOLDS = 4;

    /// Size columns that make a shape: what a model fixes, while tokens and lengths vary.
    private static final Map<String, int[]> SHAPES =
            Map.of(
                    "gemm", new int[] {1, 2},
                    "context_attention", new int[] {0, 1},
                    "generation_attention", new int[] {0, 1},
                    "mla_context", new int[] {0},
                    "mla_generation", new int[] {0},
                    "mla_bmm", new int[] {0},
                    "moe", new int[] {1, 2},
                    "moe_wideep", new int[] {2},
                    "alltoall", new int[] {0},
                    "quantize", new int[] {1});

    /// Measures one family of one system.
    ///
    /// @param shuffled the same order for the same names, on every call
    public static KernelAccuracy of(
            KernelFamily family,
            List<Sample> samples,
            Accelerator accelerator,
            UnaryOperator<List<String>> shuffled) {
        int[] turn = {0};
        var rows = leftOut(family, samples, accelerator, s -> turn[0]++ % FOLDS);
        int[] columns = SHAPES.get(family.name());
        var shapes =
                columns == null
                        ? List.<Double>of()
                        : leftOut(
                                family,
                                samples,
                                accelerator,
                                shapeFolds(samples, columns, shuffled));
        return new KernelAccuracy(family.name(), Errors.of(rows), Errors.of(shapes));
    }

    /// Deals the shapes into folds.
    private static ToIntFunction<Sample> shapeFolds(
            List<Sample> samples, int[] columns, UnaryOperator<List<String>> shuffled) {
        var sorted = new TreeSet<>(samples.stream().map(s -> shape(s, columns)).toList());
        var shapes = shuffled.apply(List.copyOf(sorted));
        var fold = new HashMap<String, Integer>();
        for (int i = 0; i < shapes.size(); i++) {
            fold.put(shapes.get(i), i % FOLDS);
        }
        return s -> fold.getOrDefault(shape(s, columns), 0);
    }

    private static String shape(Sample sample, int[] columns) {
        return Arrays.stream(columns)
                .mapToObj(column -> Double.toString(sample.sizes()[column]))
                .collect(Collectors.joining(","));
    }

    private static List<Double> leftOut(
            KernelFamily family,
            List<Sample> samples,
            Accelerator accelerator,
            ToIntFunction<Sample> deal) {
        int[] fold = samples.stream().mapToInt(deal).toArray();
        var errors = new ArrayList<Double>();
        for (int held = 0; held < FOLDS; held++) {
            var known = new ArrayList<Sample>();
            var unseen = new ArrayList<Sample>();
            for (int i = 0; i < fold.length; i++) {
                (fold[i] == held ? unseen : known).add(samples.get(i));
            }
            if (known.isEmpty() || unseen.isEmpty()) {
                continue;
            }
            double[] missed =
                    FamilyProfile.fit(family, known, accelerator).errors(unseen, accelerator);
            Arrays.stream(missed).forEach(errors::add);
        }
        return errors;
    }
}
