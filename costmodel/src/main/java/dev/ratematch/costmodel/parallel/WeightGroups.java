package dev.ratematch.costmodel.parallel;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `config_groups` of compressed-tensors and of the Model Optimizer: targets, and how their weights
/// and activations are stored.
final class WeightGroups {

    private static final int MICROSCALED_GROUP = 32;

    private WeightGroups() {}

    /// The scheme of all groups; empty where no group says anything of weights.
    static Optional<WeightScheme> scheme(@Nullable Object groups) {
        var mixed = new MixedSchemes();
        if (groups instanceof Map<?, ?> named) {
            for (Object group : named.values()) {
                if (group instanceof Map<?, ?> one
                        && one.get("weights") instanceof Map<?, ?> weights) {
                    mixed.add(
                            String.valueOf(one.get("targets")),
                            of(weights, one.get("input_activations")));
                }
            }
        }
        return mixed.scheme();
    }

    private static WeightScheme of(Map<?, ?> weights, @Nullable Object activations) {
        boolean floats =
                String.valueOf(weights.get("type")).toLowerCase(Locale.ROOT).startsWith("float");
        int activationBits =
                activations instanceof Map<?, ?> given
                        ? whole(given.get("num_bits")).orElse(16)
                        : 16;
        boolean microscaled =
                floats
                        && whole(weights.get("group_size"))
                                .filter(size -> size == MICROSCALED_GROUP)
                                .isPresent();
        return WeightScheme.of(whole(weights.get("num_bits")), floats, microscaled, activationBits);
    }

    /// A whole number, quoted or not.
    static Optional<Integer> whole(@Nullable Object value) {
        if (value instanceof Number number) {
            return Optional.of(number.intValue());
        }
        return value instanceof String text && text.matches("[0-9]{1,6}")
                ? Optional.of(Integer.valueOf(text))
                : Optional.empty();
    }
}
