package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.FamilyProfile.Residuals;
import dev.ratematch.costmodel.kernel.KernelProfile.Provenance;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A kernel profile as nested maps, lists, numbers and strings: the tree of its JSON file.
///
/// Surface values are whole steps of 1/512 in the natural logarithm.
public final class ProfileCodec {

    private static final int FORMAT = 1;

    private ProfileCodec() {}

    /// The tree of a profile.
    public static Map<String, Object> tree(KernelProfile profile) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("ratematch_kernel_profile", FORMAT);
        tree.put("system", profile.accelerator().name());
        var from = profile.provenance();
        tree.put("engine", from.engine());
        tree.put("source", from.source());
        tree.put("licence", from.licence());
        tree.put("attribution", from.attribution());
        var families = new LinkedHashMap<String, Object>();
        profile.families().forEach((family, fitted) -> families.put(family.name(), tree(fitted)));
        tree.put("families", families);
        return tree;
    }

    private static Map<String, Object> tree(FamilyProfile family) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("key", family.family().keyColumns());
        tree.put("size", family.family().sizeColumns());
        var residual = family.residual();
        tree.put("rows", residual.rows());
        tree.put("residual_median", round(residual.median()));
        tree.put("residual_p90", round(residual.p90()));
        var surfaces = new LinkedHashMap<String, Object>();
        family.surfaces().forEach((key, surface) -> surfaces.put(key, tree(surface)));
        tree.put("surfaces", surfaces);
        return tree;
    }

    private static double round(double x) {
        return Math.rint(x * 1e4) / 1e4;
    }

    private static Map<String, Object> tree(Surface surface) {
        var tree = new LinkedHashMap<String, Object>();
        var axes = new ArrayList<List<Double>>();
        for (double[] axis : surface.grid().axes()) {
            var nodes = new ArrayList<Double>();
            for (double node : axis) {
                nodes.add(node);
            }
            axes.add(nodes);
        }
        tree.put("octaves", axes);
        var values = new ArrayList<Integer>();
        for (float value : surface.values()) {
            values.add(Math.round(value * Surface.STEPS));
        }
        tree.put("log_steps", values);
        tree.put("measured", HexFormat.of().formatHex(surface.measured().toByteArray()));
        return tree;
    }

    /// The profile of a tree. What is missing or of another kind is refused by name.
    public static KernelProfile profile(Map<String, Object> tree) {
        if (!(tree.get("ratematch_kernel_profile") instanceof Number n) || n.intValue() != FORMAT) {
            throw new IllegalArgumentException(
                    "ratematch_kernel_profile (%s) must be %d: this is no kernel profile of this"
                                    .formatted(tree.get("ratematch_kernel_profile"), FORMAT)
                            + " version.");
        }
        var families = new LinkedHashMap<KernelFamily, FamilyProfile>();
        map(tree, "families")
                .forEach(
                        (name, fitted) -> {
                            var family = KernelFamilies.named(name);
                            families.put(family, family(family, map(fitted, name)));
                        });
        return new KernelProfile(
                Accelerators.named(text(tree, "system")),
                new Provenance(
                        text(tree, "engine"),
                        text(tree, "source"),
                        text(tree, "licence"),
                        text(tree, "attribution")),
                families);
    }

    private static FamilyProfile family(KernelFamily family, Map<String, Object> tree) {
        var surfaces = new LinkedHashMap<String, Surface>();
        int axes = family.spacing().length;
        map(tree, "surfaces")
                .forEach((key, value) -> surfaces.put(key, surface(key, map(value, key), axes)));
        return new FamilyProfile(
                family,
                surfaces,
                new Residuals(
                        (int) number(tree, "rows"),
                        number(tree, "residual_median"),
                        number(tree, "residual_p90")));
    }

    private static Surface surface(String key, Map<String, Object> tree, int dimensions) {
        try {
            double[][] axes = axes(list(tree, "octaves"));
            if (axes.length != dimensions) {
                throw new IllegalArgumentException(
                        "octaves (%d) must be %d lists.".formatted(axes.length, dimensions));
            }
            double[] steps = numbers("log_steps", list(tree, "log_steps"));
            float[] values = new float[steps.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) steps[i] / Surface.STEPS;
            }
            return new Surface(new Grid(axes), values, bits(text(tree, "measured")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("surface %s: %s".formatted(key, e.getMessage()), e);
        }
    }

    private static double[][] axes(List<?> octaves) {
        double[][] axes = new double[octaves.size()][];
        for (int d = 0; d < axes.length; d++) {
            if (!(octaves.get(d) instanceof List<?> nodes) || nodes.isEmpty()) {
                throw new IllegalArgumentException("octaves must be a list of lists.");
            }
            axes[d] = numbers("octaves", nodes);
            for (int i = 1; i < axes[d].length; i++) {
                if (!(axes[d][i] > axes[d][i - 1])) {
                    throw new IllegalArgumentException("octaves must ascend.");
                }
            }
        }
        return axes;
    }

    private static double[] numbers(String field, List<?> list) {
        double[] numbers = new double[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(list.get(i) instanceof Number number)) {
                throw new IllegalArgumentException(
                        "%s (%s) must be numbers.".formatted(field, list.get(i)));
            }
            numbers[i] = number.doubleValue();
        }
        return numbers;
    }

    private static BitSet bits(String hexadecimal) {
        try {
            return BitSet.valueOf(HexFormat.of().parseHex(hexadecimal));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("measured must be hexadecimal digits.", e);
        }
    }

    private static Map<String, Object> map(Map<String, Object> tree, String field) {
        Object value = tree.get(field);
        if (value == null) {
            throw new IllegalArgumentException("%s is missing.".formatted(field));
        }
        return map(value, field);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value, String field) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("%s must be an object.".formatted(field));
        }
        return (Map<String, Object>) map;
    }

    private static List<?> list(Map<String, Object> tree, String field) {
        if (!(tree.get(field) instanceof List<?> list)) {
            throw new IllegalArgumentException("%s must be a list.".formatted(field));
        }
        return list;
    }

    private static String text(Map<String, Object> tree, String field) {
        if (!(tree.get(field) instanceof String text)) {
            throw new IllegalArgumentException("%s must be a text.".formatted(field));
        }
        return text;
    }

    private static double number(Map<String, Object> tree, String field) {
        if (!(tree.get(field) instanceof Number number)) {
            throw new IllegalArgumentException("%s must be a number.".formatted(field));
        }
        return number.doubleValue();
    }
}
