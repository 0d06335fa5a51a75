package dev.ratematch.dashboards.console;

import dev.ratematch.controller.whatif.Question;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/// What a request asks for, from its address. What is wrong names the parameter and its value.
record Asked(HttpServerRequest request) {

    private static final double MILLIS = 1e3;

    @Nullable String text(String name) {
        String value = request.getParam(name);
        return value == null || value.isBlank() ? null : value;
    }

    @Nullable Double number(String name) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        try {
            double number = Double.parseDouble(value);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, as for any other value that is no number.
        }
        throw new IllegalArgumentException("%s (%s) must be a number.".formatted(name, value));
    }

    @Nullable Integer count(String name) {
        var number = number(name);
        if (number == null) {
            return null;
        }
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%s (%s) must be a whole number.".formatted(name, text(name)));
        }
        return number.intValue();
    }

    Question question() {
        return new Question(
                seconds("ttft_ms"),
                seconds("itl_ms"),
                count("gpus"),
                number("requests_per_s"),
                number("isl"),
                number("osl"));
    }

    private @Nullable Double seconds(String name) {
        var millis = number(name);
        return millis == null ? null : millis / MILLIS;
    }
}
