package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcher;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class VitalsTest {

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void theProcessIsToldWithItsLease() {
        var leads = new AtomicBoolean();
        try (var _ = new Vitals(registry, leads::get)) {
            assertThat(registry.scrape())
                    .contains("ratematch_leader 0.0", "jvm_memory_used_bytes", "process_uptime");
            leads.set(true);
            assertThat(registry.scrape()).contains("ratematch_leader 1.0");
        }
    }

    @Test
    void reconciliationsAreCountedWhileTheyWaitAndRun() throws Exception {
        var queue = new WorkQueue(registry);
        var matcher = new RateMatcher();
        queue.reconciliationSubmitted(matcher, null, Map.of());
        assertThat(registry.scrape()).contains("ratematch_reconciliations_waiting 1.0");
        queue.reconciliationStarted(matcher, Map.of());
        assertThat(registry.scrape())
                .contains("ratematch_reconciliations_waiting 0.0")
                .contains("ratematch_reconciliations_running 1.0");
        queue.reconciliationFailed(matcher, null, new IOException("away"), Map.of());
        queue.reconciliationFinished(matcher, null, Map.of());
        assertThat(registry.scrape())
                .contains("ratematch_reconciliations_running 0.0")
                .contains("ratematch_reconciliations_total{outcome=\"failed\"} 1.0");
    }

    @Test
    void thePageListsWhatIsRegistered() throws IOException {
        try (var _ = new Vitals(registry, () -> true)) {
            var queue = new WorkQueue(registry);
            queue.reconciliationSucceeded(new RateMatcher(), Map.of());
            String page = Files.readString(Path.of("../docs/metrics.md"));
            registry.getMeters().stream()
                    .map(meter -> meter.getId().getName().replace('.', '_'))
                    .filter(name -> name.startsWith("ratematch_"))
                    .forEach(name -> assertThat(page).contains("| `" + name));
        }
    }
}
