package dev.ratematch.controller.telemetry.prometheus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the JSON of the query API as it comes, without a tree of it.
final class AnswerReader {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int SHOWN_CHARS = 60;

    private String status = "";
    private String error = "";
    private String warning = "";
    private final List<RawSeries> series = new ArrayList<>();
    private final Map<String, String> labelTexts = new HashMap<>();

    private AnswerReader() {}

    /// What an answer says.
    static Outcome read(String body) {
        var reader = new AnswerReader();
        try (var json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return strange(body);
            }
            reader.root(json);
        } catch (IOException | IllegalArgumentException _) {
            return strange(body);
        }
        if (reader.status.equals("error")) {
            return new Failed(Kind.REFUSED, "Prometheus refuses the query: " + reader.error);
        }
        if (!reader.status.equals("success")) {
            return strange(body);
        }
        return reader.warning.isEmpty()
                ? new Found(reader.series)
                : new Failed(
                        Kind.PARTIAL,
                        "Prometheus says that its answer is not whole: " + reader.warning);
    }

    private static Failed strange(String body) {
        String start = body.strip();
        start = start.substring(0, Math.min(SHOWN_CHARS, start.length())).replaceAll("\\s+", " ");
        String looks = start.startsWith("<") ? "it looks like HTML" : "it is no whole JSON";
        return new Failed(
                Kind.NO_PROMETHEUS,
                "the answer is not that of a Prometheus: %s and begins with \"%s\"; check the URL,"
                                .formatted(looks, start)
                        + " it may lead to a login or error page");
    }

    private void root(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "status" -> status = json.getText();
                case "error" -> error = json.getText();
                case "data" -> data(json);
                case "warnings" -> {
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        warning = warning.isEmpty() ? json.getText() : warning;
                    }
                }
                default -> json.skipChildren();
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new IllegalArgumentException("cut off");
        }
    }

    private void data(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            if (field.equals("result")) {
                result(json);
            } else {
                json.skipChildren();
            }
        }
    }

    /// A list of series, or one sample when it begins with a number.
    private void result(JsonParser json) throws IOException {
        var first = json.nextToken();
        if (first != null && first.isNumeric()) {
            var at = new double[] {json.getDoubleValue()};
            json.nextToken();
            series.add(new RawSeries(Map.of(), at, new double[] {number(json.getText())}));
            json.nextToken();
            return;
        }
        for (var token = first; token == JsonToken.START_OBJECT; token = json.nextToken()) {
            one(json);
        }
    }

    private void one(JsonParser json) throws IOException {
        var labels = new HashMap<String, String>();
        double[] times = new double[8];
        double[] values = new double[8];
        int size = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            if (field.equals("metric")) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    labels.put(name, labelTexts.computeIfAbsent(json.getText(), t -> t));
                }
            } else if (field.equals("values") || field.equals("value")) {
                boolean single = field.equals("value");
                while (single || json.nextToken() == JsonToken.START_ARRAY) {
                    if (size == times.length) {
                        times = Arrays.copyOf(times, 2 * size);
                        values = Arrays.copyOf(values, 2 * size);
                    }
                    json.nextToken();
                    times[size] = json.getDoubleValue();
                    json.nextToken();
                    values[size++] = number(json.getText());
                    json.nextToken();
                    if (single) {
                        break;
                    }
                }
            } else {
                json.skipChildren();
            }
        }
        series.add(
                new RawSeries(
                        Map.copyOf(labels),
                        Arrays.copyOf(times, size),
                        Arrays.copyOf(values, size)));
    }

    private static double number(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
