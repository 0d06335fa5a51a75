package dev.ratematch.k8s.operator;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.function.BooleanSupplier;

/// How the process itself is: memory, threads, processor, and whether it leads.
final class Vitals implements AutoCloseable {

    private final JvmGcMetrics collections = new JvmGcMetrics();

    Vitals(MeterRegistry registry, BooleanSupplier leads) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        collections.bindTo(registry);
        var _ =
                Gauge.builder("ratematch_leader", () -> leads.getAsBoolean() ? 1 : 0)
                        .description("1 if this process is the leader or works without a lease.")
                        .register(registry);
    }

    @Override
    public void close() {
        collections.close();
    }
}
