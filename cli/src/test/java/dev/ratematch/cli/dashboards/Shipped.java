package dev.ratematch.cli.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The dashboards and rules as they are in the checkout.
public final class Shipped {

    static final Path ROOT = Path.of(System.getProperty("ratematch.root", "..")).toAbsolutePath();
    static final Path DASHBOARDS = ROOT.resolve("dashboards");
    public static final Path RULES = DASHBOARDS.resolve("prometheus/rules.yaml");
    static final Path RULES_TEST = DASHBOARDS.resolve("prometheus/rules-test.yaml");
    static final Path RUNBOOKS = ROOT.resolve("docs/runbooks");
    static final List<String> GRAFANA = List.of("fleet.json", "service.json");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Pattern NAME = Pattern.compile("\\b(ratematch_[a-z_]+)");

    /// A metric with its matchers.
    private static final Pattern SELECTOR = Pattern.compile("\\bratematch_[a-z_]+(\\{[^}]*})?");

    /// What a template asks, by the format that it fills in.
    private static final Pattern ASKED = Pattern.compile("printf \"([^\"]*'[^\"]*)\"");

    private Shipped() {}

    /// A question to Prometheus, and where it comes from.
    public record Expression(String where, String text) {}

    static JsonNode dashboard(String file) {
        return read(JSON, DASHBOARDS.resolve("grafana").resolve(file));
    }

    /// Panels that show something.
    static List<JsonNode> panels(JsonNode dashboard) {
        var panels = new ArrayList<JsonNode>();
        for (var panel : dashboard.get("panels")) {
            if (!panel.path("type").asText().equals("row")) {
                panels.add(panel);
            }
        }
        return panels;
    }

    static List<JsonNode> alerts() {
        var alerts = new ArrayList<JsonNode>();
        for (var group : read(YAML, RULES).get("groups")) {
            group.get("rules").forEach(alerts::add);
        }
        return alerts;
    }

    static JsonNode alertTests() {
        return read(YAML, RULES_TEST).get("tests");
    }

    /// All that the panels ask, with Grafana's variables in it.
    public static List<Expression> panelExpressions() {
        var all = new ArrayList<Expression>();
        for (String file : GRAFANA) {
            for (var panel : panels(dashboard(file))) {
                for (var target : panel.path("targets")) {
                    all.add(
                            new Expression(
                                    "%s, %s, %s"
                                            .formatted(
                                                    file,
                                                    panel.path("title").asText(),
                                                    target.path("refId").asText()),
                                    target.path("expr").asText()));
                }
            }
        }
        return all;
    }

    /// The conditions of the alerts.
    public static List<Expression> alertExpressions() {
        return alerts().stream()
                .map(a -> new Expression(a.path("alert").asText(), a.path("expr").asText()))
                .toList();
    }

    /// All that the alerts' texts ask, of one RateMatcher.
    public static List<Expression> annotationExpressions(String namespace, String name) {
        var all = new ArrayList<Expression>();
        for (var alert : alerts()) {
            var matcher = ASKED.matcher(alert.at("/annotations/description").asText());
            while (matcher.find()) {
                String text = matcher.group(1);
                all.add(
                        new Expression(
                                alert.path("alert").asText() + ", description",
                                text.replaceFirst("%s", namespace).replaceFirst("%s", name)));
            }
        }
        return all;
    }

    /// The series that a condition is about, its limits taken off.
    public static List<String> selectors(String expression) {
        return SELECTOR.matcher(expression).results().map(r -> r.group()).distinct().toList();
    }

    /// Every metric of ours that is named in a text.
    static Set<String> names(String text) {
        var names = new TreeSet<String>();
        NAME.matcher(text).results().forEach(r -> names.add(r.group(1)));
        return names;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(ObjectMapper mapper, Path file) {
        try {
            return mapper.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
