package dev.ratematch.k8s.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Reconciliations that wait for a thread, run, and how they ended. Of all objects together: each
/// object's own cycles have series already. Safe for use by any thread.
final class WorkQueue implements Metrics {

    private final MeterRegistry registry;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    WorkQueue(MeterRegistry registry) {
        this.registry = registry;
        var _ =
                Gauge.builder("ratematch_reconciliations_waiting", waiting, AtomicInteger::get)
                        .description("Reconciliations waiting for a thread.")
                        .register(registry);
        var _ =
                Gauge.builder("ratematch_reconciliations_running", running, AtomicInteger::get)
                        .description("Reconciliations in progress.")
                        .register(registry);
    }

    @Override
    public void reconciliationSubmitted(
            HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
        waiting.incrementAndGet();
    }

    @Override
    public void reconciliationStarted(HasMetadata resource, Map<String, Object> metadata) {
        waiting.updateAndGet(n -> Math.max(0, n - 1));
        running.incrementAndGet();
    }

    @Override
    public void reconciliationFinished(
            HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
        running.updateAndGet(n -> Math.max(0, n - 1));
    }

    @Override
    public void reconciliationSucceeded(HasMetadata resource, Map<String, Object> metadata) {
        count("succeeded");
    }

    @Override
    public void reconciliationFailed(
            HasMetadata resource,
            @Nullable RetryInfo retry,
            Exception failure,
            Map<String, Object> metadata) {
        count("failed");
    }

    private void count(String outcome) {
        registry.counter("ratematch_reconciliations", "outcome", outcome).increment();
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        var sample = Timer.start(registry);
        try {
            return execution.execute();
        } finally {
            var _ = sample.stop(registry.timer("ratematch_reconciliation_duration"));
        }
    }
}
