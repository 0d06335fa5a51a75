package dev.ratematch.controller.telemetry.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Reads the catalogue from JSON. What it does not know it refuses: a misspelled key would be a
/// metric silently not read.
final class CatalogueReader {

    private static final String RESOURCE = "dialects.json";
    private static final Map<String, Double> SCALES =
            Map.of(
                    "seconds", 1.0,
                    "milliseconds", 1e-3,
                    "requests", 1.0,
                    "tokens", 1.0,
                    "blocks", 1.0,
                    "ratio", 1.0,
                    "percent", 1e-2);
    private static final Set<String> DIALECT_KEYS =
            Set.of("name", "title", "kind", "enable", "roles", "prefixes", "max-over", "metrics");
    private static final Set<String> ROW_KEYS =
            Set.of(
                    "fact", "term", "metric", "over", "times", "labels", "type", "unit", "roles",
                    "lazy", "since", "until", "note");

    private CatalogueReader() {}

    static List<Dialect> shipped() {
        try (InputStream in = CatalogueReader.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("There is no resource %s.".formatted(RESOURCE));
            }
            return dialects(new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Dialect> dialects(JsonNode root) {
        var dialects = new ArrayList<Dialect>();
        for (var node : root.path("dialects")) {
            known(node, DIALECT_KEYS);
            var rows = new ArrayList<Row>();
            for (var row : node.path("metrics")) {
                rows.add(row(row, node));
            }
            dialects.add(
                    new Dialect(
                            text(node, "name"),
                            text(node, "title"),
                            Dialect.Kind.valueOf(text(node, "kind").toUpperCase(Locale.ROOT)),
                            text(node, "enable"),
                            texts(node, "prefixes"),
                            rows));
        }
        return dialects;
    }

    private static Row row(JsonNode node, JsonNode dialect) {
        known(node, ROW_KEYS);
        String unit = text(node, "unit");
        var scale = SCALES.get(unit);
        if (scale == null) {
            throw new IllegalArgumentException(
                    "unit (%s) must be one of %s.".formatted(unit, new TreeSet<>(SCALES.keySet())));
        }
        var roles = EnumSet.noneOf(Source.class);
        for (String role : texts(node.has("roles") ? node : dialect, "roles")) {
            roles.add(Source.valueOf(role.toUpperCase(Locale.ROOT)));
        }
        var metric =
                new Metric(
                        Metric.Type.valueOf(text(node, "type").toUpperCase(Locale.ROOT)),
                        Reference.parse(text(node, "metric")),
                        texts(node, "over").stream().map(Reference::parse).toList(),
                        texts(node, "times").stream().map(Reference::parse).toList(),
                        texts(node, "labels"),
                        texts(dialect, "max-over"),
                        scale,
                        node.path("lazy").asBoolean(false));
        return new Row(
                Fact.valueOf(text(node, "fact").toUpperCase(Locale.ROOT).replace('-', '_')),
                node.path("term").asInt(1),
                roles,
                metric,
                unit,
                node.path("since").asText(""),
                node.path("until").asText(""),
                node.path("note").asText(""));
    }

    private static void known(JsonNode node, Set<String> keys) {
        for (var property : node.properties()) {
            if (!keys.contains(property.getKey())) {
                throw new IllegalArgumentException(
                        "%s (in %s) must be one of %s."
                                .formatted(property.getKey(), node, new TreeSet<>(keys)));
            }
        }
    }

    private static String text(JsonNode node, String key) {
        if (!node.path(key).isTextual()) {
            throw new IllegalArgumentException("%s is missing in %s.".formatted(key, node));
        }
        return node.path(key).asText();
    }

    private static List<String> texts(JsonNode node, String key) {
        var texts = new ArrayList<String>();
        node.path(key).forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
