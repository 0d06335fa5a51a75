package dev.ratematch.cli.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.publish.CycleMetric;
import dev.ratematch.controller.publish.CycleMetrics;
import dev.ratematch.controller.publish.JournalMetric;
import dev.ratematch.controller.publish.RecommendationMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.publish.Recommended;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.Spent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// docs/metrics.md against what is registered, and all that asks for metrics against both.
class MetricsPageTest {

    private static final String PAGE = Shipped.text(Shipped.ROOT.resolve("docs/metrics.md"));

    private static String row(String name, String type, List<String> labels, String help) {
        return "| `%s` | %s | %s | %s |".formatted(name, type, String.join(", ", labels), help);
    }

    /// The rows of the page by the name of the metric.
    private static Map<String, String> rows() {
        var rows = new TreeMap<String, String>();
        for (var metric : CycleMetric.values()) {
            String name = metric.meter().replace('.', '_');
            rows.put(name, row(name, "gauge", metric.tags(), metric.help()));
        }
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var store = new Recommendations();
        store.publish(new Recommended("ml", "chat", 1, 1, 1, 1, Instant.EPOCH, true, "why"));
        try (var _ = RecommendationMetrics.bind(store, registry, () -> Instant.EPOCH);
                var cycles = new CycleMetrics(registry)) {
            cycles.refused("ml", "chat");
            cycles.switched("ml", "chat", Result.SWITCHED, new Spent(1, 1, 1, 1, 1));
            cycles.away("ml", "chat", 0, 1);
            JournalMetric.bind(registry, "ml", "chat", () -> true);
            for (var meter : registry.getMeters()) {
                var id = meter.getId();
                String name = name(id, registry);
                if (!rows.containsKey(name)) {
                    rows.put(name, row(name, type(id), own(id), help(id)));
                }
            }
        }
        return rows;
    }

    /// As it is exposed: the ending of counters comes at the last moment.
    private static String name(Meter.Id id, PrometheusMeterRegistry registry) {
        String name = id.getConventionName(registry.config().namingConvention());
        return id.getType() == Meter.Type.COUNTER ? name + "_total" : name;
    }

    private static String type(Meter.Id id) {
        return switch (id.getType()) {
            case COUNTER -> "counter";
            case TIMER -> "summary";
            default -> "gauge";
        };
    }

    private static String help(Meter.Id id) {
        return Objects.requireNonNull(id.getDescription(), id.getName());
    }

    private static List<String> own(Meter.Id id) {
        return id.getTags().stream()
                .map(Tag::getKey)
                .filter(key -> !key.equals("namespace") && !key.equals("ratematcher"))
                .toList();
    }

    @Test
    void thePageListsWhatIsRegistered() {
        String ofMatchers = PAGE.substring(0, PAGE.indexOf("## The process"));
        var listed = ofMatchers.lines().filter(line -> line.startsWith("| `ratematch_")).toList();
        assertThat(String.join("\n", listed)).isEqualTo(String.join("\n", rows().values()));
        assertThat(PAGE).contains("at most %d series".formatted(CycleMetrics.SERIES_MAX + 7));
    }

    @Test
    void whatIsAskedForIsPublished() {
        var known = new TreeSet<>(rows().keySet());
        for (String timer : List.of("cycle_duration", "switch_phase")) {
            for (String part : List.of("sum", "count", "max")) {
                known.add("ratematch_%s_seconds_%s".formatted(timer, part));
            }
        }
        var texts = new ArrayList<String>();
        Shipped.panelExpressions().forEach(each -> texts.add(each.text()));
        texts.add(Shipped.text(Shipped.RULES));
        texts.add(Shipped.text(Shipped.RULES_TEST));
        for (var alert : Shipped.alerts()) {
            String page = alert.path("alert").asText() + ".md";
            texts.add(Shipped.text(Shipped.RUNBOOKS.resolve(page)).replace("_*`", "`"));
        }
        for (String text : texts) {
            for (String name : Shipped.names(text)) {
                assertThat(known).anyMatch(one -> one.equals(name) || prefix(one, name, text));
            }
        }
    }

    /// Runbooks name groups of metrics by what they begin with.
    private static boolean prefix(String known, String name, String text) {
        return text.startsWith("# ") && known.startsWith(name + "_");
    }
}
