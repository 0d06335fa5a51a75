package dev.ratematch.dashboards.view;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Numbers as JSON has them.
final class Figures {

    /// Rates from here on mean that nothing bounds them, as in texts.
    private static final double NO_BOUND = 1e9;

    private Figures() {}

    /// What has no bound is null.
    static @Nullable Double finite(double value) {
        return Double.isFinite(value) && value < NO_BOUND ? value : null;
    }

    /// What is absent is null.
    static @Nullable Double known(OptionalDouble value) {
        return value.isPresent() ? finite(value.getAsDouble()) : null;
    }
}
