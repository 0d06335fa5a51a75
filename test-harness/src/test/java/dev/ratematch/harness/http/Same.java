package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import java.util.Set;

/// Compares what was read in two ways, reading by reading and whatever their age.
final class Same {

    /// How far two sums of the same numbers may differ.
    static final double EXACT = 1e-9;

    /// Compared on their own.
    private static final Set<String> COUNTS = Set.of("arrived", "completed");

    private Same() {}

    /// Counts, means, quantiles, gauges and histograms are equal.
    static void traffic(String what, Snapshot seen, Snapshot wanted) {
        traffic(what, seen, wanted, EXACT);
    }

    /// They are equal but for so much.
    ///
    /// @param within as a share of one and the value
    static void traffic(String what, Snapshot seen, Snapshot wanted, double within) {
        traffic(what, seen, wanted, within, within);
    }

    /// The same where counts may differ by more: those of pods that were scraped at different
    /// moments are brought to one window's length.
    ///
    /// @param counts as a share of one and the value
    static void traffic(String what, Snapshot seen, Snapshot wanted, double within, double counts) {
        reading(what + " arrived", seen.traffic().arrived(), wanted.traffic().arrived(), counts);
        reading(
                what + " completed",
                seen.traffic().completed(),
                wanted.traffic().completed(),
                counts);
        readings(what + " traffic", TrafficReading.class, seen.traffic(), wanted.traffic(), within);
        readings(what + " prefill", PoolReading.class, seen.prefill(), wanted.prefill(), within);
        readings(what + " decode", PoolReading.class, seen.decode(), wanted.decode(), within);
        assertThat(seen.traffic().inputTokensHistogram())
                .as(what)
                .isEqualTo(wanted.traffic().inputTokensHistogram());
        assertThat(seen.traffic().arrived().known()).as(what).isTrue();
    }

    private static void readings(
            String what, Class<?> type, Object seen, Object wanted, double within) {
        for (var component : type.getRecordComponents()) {
            if (COUNTS.contains(component.getName())) {
                continue;
            }
            String name = what + " " + component.getName();
            try {
                if (component.getAccessor().invoke(seen) instanceof Reading s
                        && component.getAccessor().invoke(wanted) instanceof Reading w) {
                    reading(name, s, w, within);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(name, e);
            }
        }
    }

    private static void reading(String name, Reading seen, Reading wanted, double within) {
        if (wanted instanceof Reading.Value(double value, _)) {
            assertThat(seen).as(name).isInstanceOf(Reading.Value.class);
            assertThat(seen.orElse(Double.NaN))
                    .as(name)
                    .isCloseTo(value, within(within * (1 + Math.abs(value))));
        } else {
            assertThat(seen).as(name).isEqualTo(wanted);
        }
    }
}
