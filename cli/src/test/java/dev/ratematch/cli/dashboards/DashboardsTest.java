package dev.ratematch.cli.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// What a dashboard must be so that it can be imported and read in a hurry.
class DashboardsTest {

    static final List<String> FILES = Shipped.GRAFANA;

    private static final int WIDTH = 24;

    private record Box(String title, int x, int y, int w, int h) {

        static Box of(JsonNode panel) {
            var at = panel.get("gridPos");
            return new Box(
                    panel.path("title").asText(),
                    at.get("x").asInt(),
                    at.get("y").asInt(),
                    at.get("w").asInt(),
                    at.get("h").asInt());
        }

        boolean overlaps(Box other) {
            return x < other.x + other.w
                    && other.x < x + w
                    && y < other.y + other.h
                    && other.y < y + h;
        }
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void panelsHaveIdsOfTheirOwnAndDoNotOverlap(String file) {
        var ids = new HashSet<Integer>();
        var boxes = new ArrayList<Box>();
        for (var panel : Shipped.dashboard(file).get("panels")) {
            var box = Box.of(panel);
            assertThat(ids.add(panel.get("id").asInt())).as("id of %s", box).isTrue();
            assertThat(box.x() + box.w()).as("%s", box).isLessThanOrEqualTo(WIDTH);
            assertThat(boxes).as("%s", box).noneMatch(box::overlaps);
            boxes.add(box);
        }
        assertThat(boxes).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void everyPanelSaysWhatItShowsAndInWhichUnit(String file) {
        var titles = new HashSet<String>();
        for (var panel : Shipped.panels(Shipped.dashboard(file))) {
            String title = panel.path("title").asText();
            assertThat(titles.add(title)).as("title %s", title).isTrue();
            assertThat(panel.path("description").asText()).as(title).endsWith(".").contains(" ");
            assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(title).isNotEmpty();
            assertThat(panel.at("/fieldConfig/defaults/thresholds/steps")).as(title).isNotEmpty();
            assertThat(panel.get("targets")).as(title).isNotEmpty();
            for (var target : panel.get("targets")) {
                assertThat(target.path("expr").asText()).as(title).isNotEmpty();
                assertThat(target.path("legendFormat").asText()).as(title).isNotEmpty();
                assertThat(target.at("/datasource/uid").asText()).isEqualTo("${datasource}");
            }
        }
    }

    @Test
    void everyExpressionHeedsTheVariables() {
        for (var each : Shipped.panelExpressions()) {
            for (String selector : Shipped.selectors(each.text())) {
                assertThat(selector).as(each.where()).contains("$namespace");
                if (each.where().startsWith("service")) {
                    assertThat(selector).as(each.where()).contains("$ratematcher");
                }
            }
        }
    }

    /// An imported dashboard takes its source from its own variable, not from whoever exported it.
    @ParameterizedTest
    @FieldSource("FILES")
    void canBeImportedAnywhere(String file) {
        var dashboard = Shipped.dashboard(file);
        assertThat(dashboard.path("uid").asText()).startsWith("ratematch-");
        assertThat(dashboard.has("id")).isFalse();
        var variables = new ArrayList<String>();
        dashboard.at("/templating/list").forEach(v -> variables.add(v.path("name").asText()));
        assertThat(variables).startsWith("datasource", "namespace").doesNotHaveDuplicates();
        assertThat(dashboard.toString()).doesNotContain("localhost", "127.0.0.1");
    }

    @Test
    void alertsThatADashboardNamesExist() {
        var alerts = Shipped.alerts().stream().map(a -> a.path("alert").asText()).toList();
        for (String file : FILES) {
            for (var panel : Shipped.panels(Shipped.dashboard(file))) {
                for (String word : panel.path("description").asText().split("[^A-Za-z]+", -1)) {
                    if (word.matches("Ratematch[A-Z].*")) {
                        assertThat(alerts).contains(word);
                    }
                }
            }
        }
    }
}
