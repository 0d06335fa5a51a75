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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Reads the JSON of the query API as it comes, without a tree of it. Fields that nobody asked for
/// may hold anything: whatever is not of the kind that the API describes is passed over.
final class AnswerReader {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int SHOWN_CHARS = 60;
    private static final int SAID_CHARS = 300;
    private static final int WARNINGS_MAX = 20;

    /// Of a text that may be megabytes long, where a line is made of its beginning.
    private static final int LOOKED_AT_CHARS = 10_000;

    private static final int LABEL_CHARS_MAX = 300;

    /// What stores call it when a part of them did not answer, in small letters without
    /// underscores. VictoriaMetrics: `isPartial`.
    private static final Set<String> PARTIAL =
            Set.of("ispartial", "partial", "partialresponse", "partialdata");

    /// Warnings that tell of the expression, not of the data behind it.
    private static final String OF_THE_EXPRESSION = "PromQL ";

    private final Predicate<String> accepted;
    private final UnaryOperator<String> shown;
    private String status = "";
    private String error = "";
    private boolean partial;
    private final List<String> warnings = new ArrayList<>();
    private final List<RawSeries> series = new ArrayList<>();
    private final Map<String, String> labelTexts = new HashMap<>();

    private AnswerReader(Predicate<String> accepted, UnaryOperator<String> shown) {
        this.accepted = accepted;
        this.shown = shown;
    }

    /// What an answer says.
    ///
    /// @param accepted warnings that take nothing from it
    /// @param shown makes of a text what people may see of it; asked before anything is cut, so
    ///   that no half of a secret is left
    static Outcome read(String body, Predicate<String> accepted, UnaryOperator<String> shown) {
        var reader = new AnswerReader(accepted, shown);
        try (var json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return reader.strange(body);
            }
            reader.root(json);
        } catch (IOException | IllegalArgumentException _) {
            return reader.strange(body);
        }
        return reader.outcome(body);
    }

    private Outcome outcome(String body) {
        if (status.equals("error")) {
            return new Failed(
                    Kind.REFUSED, "Prometheus refuses the query: " + cut(error, SAID_CHARS));
        }
        if (!status.equals("success")) {
            return strange(body);
        }
        if (partial) {
            return new Failed(
                    Kind.PARTIAL,
                    "the store marks its answer as partial: a part of it did not answer, so pods"
                            + " or samples are missing");
        }
        return warnings.stream()
                .filter(accepted.negate())
                .findFirst()
                .<Outcome>map(
                        warning ->
                                new Failed(
                                        Kind.PARTIAL,
                                        "Prometheus says that its answer is not whole: \"%s\""
                                                .formatted(cut(warning, SAID_CHARS))))
                .orElseGet(
                        () ->
                                new Found(
                                        series,
                                        warnings.stream().map(w -> cut(w, SAID_CHARS)).toList()));
    }

    private Failed strange(String body) {
        String start = cut(body, SHOWN_CHARS);
        String looks = start.startsWith("<") ? "it looks like HTML" : "it is no whole JSON";
        return new Failed(
                Kind.NO_PROMETHEUS,
                "the answer is not that of a Prometheus: %s and begins with \"%s\"; check the URL,"
                                .formatted(looks, start)
                        + " it may lead to a login or error page");
    }

    /// One line of what was sent, as far as people may see it.
    private String cut(String text, int most) {
        String may = shown.apply(text);
        String first = may.substring(0, Math.min(may.length(), LOOKED_AT_CHARS));
        String line = first.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() <= most ? line : line.substring(0, most) + "...";
    }

    private void root(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "status" -> status = text(json);
                case "error" -> error = text(json);
                case "data" -> data(json);
                case "warnings" -> warnings(json);
                default -> partial |= partial(field, json);
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new IllegalArgumentException("cut off");
        }
    }

    /// The text of a value that has one; anything else is passed over.
    private static String text(JsonParser json) throws IOException {
        var token = json.currentToken();
        if (token == null) {
            throw new IllegalArgumentException("cut off");
        }
        if (token.isScalarValue()) {
            return token == JsonToken.VALUE_NULL ? "" : json.getText();
        }
        json.skipChildren();
        return "";
    }

    private static boolean partial(String field, JsonParser json) throws IOException {
        String value = text(json);
        return PARTIAL.contains(field.toLowerCase(Locale.ROOT).replace("_", ""))
                && (value.equals("true") || value.equals("1"));
    }

    /// A list of texts. Anything else is what some writers make of an empty list.
    private void warnings(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        for (var token = json.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = json.nextToken()) {
            String warning = text(json).strip();
            boolean telling = !warning.isEmpty() && !warning.startsWith(OF_THE_EXPRESSION);
            if (telling && warnings.size() < WARNINGS_MAX) {
                warnings.add(warning);
            }
        }
    }

    private void data(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            if (field.equals("result")) {
                result(json);
            } else {
                partial |= partial(field, json);
            }
        }
    }

    /// A list of series, or one sample when it begins with a number.
    private void result(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        var first = json.nextToken();
        if (first != null && first.isNumeric()) {
            var samples = new Samples();
            samples.take(json);
            series.add(samples.of(Map.of()));
            return;
        }
        for (var token = first;
                token != null && token != JsonToken.END_ARRAY;
                token = json.nextToken()) {
            if (token == JsonToken.START_OBJECT) {
                one(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private void one(JsonParser json) throws IOException {
        var labels = new HashMap<String, String>();
        var samples = new Samples();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            var token = json.nextToken();
            if (field.equals("metric") && token == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    labels.put(name, labelTexts.computeIfAbsent(text(json), AnswerReader::bounded));
                }
            } else if (field.equals("values") && token == JsonToken.START_ARRAY) {
                while (json.nextToken() == JsonToken.START_ARRAY) {
                    json.nextToken();
                    samples.take(json);
                }
            } else if (field.equals("value") && token == JsonToken.START_ARRAY) {
                json.nextToken();
                samples.take(json);
            } else {
                json.skipChildren();
            }
        }
        series.add(samples.of(labels));
    }

    /// Longer than any name; what differs stays different.
    private static String bounded(String label) {
        return label.length() <= LABEL_CHARS_MAX
                ? label
                : "%s...%08x".formatted(label.substring(0, LABEL_CHARS_MAX), label.hashCode());
    }

    /// Samples as they come.
    private static final class Samples {
        private double[] times = new double[8];
        private double[] values = new double[8];
        private int size;

        /// A time, a value, and the bracket behind them.
        void take(JsonParser json) throws IOException {
            if (size == times.length) {
                times = Arrays.copyOf(times, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            times[size] = json.getDoubleValue();
            json.nextToken();
            values[size] = number(text(json));
            // A sample of no time is none.
            size += Double.isFinite(times[size]) ? 1 : 0;
            if (json.nextToken() != JsonToken.END_ARRAY) {
                throw new IllegalArgumentException("a sample is a time and a value");
            }
        }

        RawSeries of(Map<String, String> labels) {
            return new RawSeries(
                    Map.copyOf(labels), Arrays.copyOf(times, size), Arrays.copyOf(values, size));
        }
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
