package dev.ratematch.controller.publish;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;

/// Whether a journal that was asked for is still written.
public final class JournalMetric {

    private JournalMetric() {}

    /// Shows it for one RateMatcher. The supplier may be asked by any thread.
    public static Gauge bind(
            MeterRegistry registry, String namespace, String name, BooleanSupplier writing) {
        return Gauge.builder(
                        CycleMetric.PREFIX + "journal.writing",
                        writing,
                        asked -> asked.getAsBoolean() ? 1 : 0)
                .description("1 while the journal can be written, else 0.")
                .tags("namespace", namespace, "ratematcher", name)
                .strongReference(true)
                .register(registry);
    }
}
