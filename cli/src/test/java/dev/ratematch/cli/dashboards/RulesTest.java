package dev.ratematch.cli.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ratematch.harness.prometheus.RealPrometheus;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What an alert must be so that it helps whom it wakes.
class RulesTest {

    private static List<String> names() {
        return Shipped.alerts().stream().map(alert -> alert.path("alert").asText()).toList();
    }

    @Test
    void everyAlertSaysWhatIsWrongAndWhereToGoOn() {
        assertThat(names()).hasSizeGreaterThanOrEqualTo(6).doesNotHaveDuplicates();
        for (var alert : Shipped.alerts()) {
            String name = alert.path("alert").asText();
            assertThat(alert.path("for").asText()).as(name).isNotEmpty();
            assertThat(alert.at("/labels/severity").asText())
                    .as(name)
                    .isIn("info", "warning", "critical");
            assertThat(alert.at("/annotations/summary").asText())
                    .as(name)
                    .contains("{{ $labels.namespace }}/{{ $labels.ratematcher }}")
                    .endsWith(".");
            assertThat(alert.at("/annotations/description").asText()).as(name).endsWith(".");
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .isEqualTo("docs/runbooks/" + name + ".md");
        }
    }

    @Test
    void everyAlertHasARunbookAndEveryRunbookAnAlert() throws IOException {
        var pages = new TreeSet<String>();
        try (var files = Files.list(Shipped.RUNBOOKS)) {
            files.forEach(f -> pages.add(String.valueOf(f.getFileName()).replace(".md", "")));
        }
        assertThat(pages).containsExactlyInAnyOrderElementsOf(names());
        for (String name : names()) {
            assertThat(Shipped.text(Shipped.RUNBOOKS.resolve(name + ".md")))
                    .startsWith("# " + name + "\n")
                    .contains("## What it means", "## What to look at", "## What to do")
                    .contains("## When to ignore it")
                    .contains("kubectl ");
        }
    }

    @Test
    void everyAlertIsSeenFiringAndQuiet() {
        for (String name : names()) {
            var fires = new ArrayList<Boolean>();
            for (var test : Shipped.alertTests()) {
                for (JsonNode check : test.get("alert_rule_test")) {
                    if (check.path("alertname").asText().equals(name)) {
                        fires.add(!check.get("exp_alerts").isEmpty());
                    }
                }
            }
            assertThat(fires).as(name).contains(true, false);
        }
    }

    @Test
    @Tag("prometheus")
    void promtoolAcceptsTheRulesAndTheirTests() throws IOException {
        assertThat(RealPrometheus.promtool("check", "rules", Shipped.RULES.toString()))
                .contains("SUCCESS: %d rules found".formatted(names().size()));
        assertThat(RealPrometheus.promtool("test", "rules", Shipped.RULES_TEST.toString()))
                .contains("SUCCESS");
    }
}
