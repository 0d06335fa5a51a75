package dev.ratematch.k8s.operator;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// GPU products as node labels name them, such as `NVIDIA-GB200`.
final class Products {

    /// Longer names first: `GB200` contains `B200`.
    private static final List<String> ACCELERATORS =
            List.of("gb300", "gb200", "b300", "b200", "h200", "h100");

    private Products() {}

    /// The accelerator of a product; null when we have none of that name.
    static @Nullable String accelerator(String product) {
        String lower = product.toLowerCase(Locale.ROOT);
        return ACCELERATORS.stream().filter(lower::contains).findFirst().orElse(null);
    }
}
