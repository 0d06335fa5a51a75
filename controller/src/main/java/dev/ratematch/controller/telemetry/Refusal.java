package dev.ratematch.controller.telemetry;

import java.util.Locale;

/// Tells what a body is when it is not metrics text.
final class Refusal {

    private static final char GZIP = 0x1f;

    private Refusal() {}

    /// Refuses bodies that are plainly something else.
    static void check(String body) {
        int start = 0;
        while (start < body.length()
                && body.charAt(start) != GZIP
                && (Character.isWhitespace(body.charAt(start)) || body.charAt(start) == 0xfeff)) {
            start++;
        }
        if (start == body.length()) {
            throw ExpositionException.body(
                    "it is empty",
                    body,
                    "Check that the engine is up and its metrics are switched on.");
        }
        switch (body.charAt(start)) {
            case '<' ->
                    throw ExpositionException.body(
                            "it looks like HTML",
                            body.substring(start),
                            "Check port and path: this may be a login page, a proxy's error page"
                                    + " or a web interface; engines serve metrics at /metrics.");
            case '{', '[' ->
                    throw ExpositionException.body(
                            "it looks like JSON",
                            body.substring(start),
                            "Check the path: trtllm-serve answers JSON at /metrics and metrics"
                                    + " text at /prometheus/metrics.");
            case GZIP ->
                    throw ExpositionException.body(
                            "it looks compressed (gzip)",
                            body.substring(start),
                            "Ask for it uncompressed, or decompress it first.");
            default -> {}
        }
    }

    /// The first line already makes no sense.
    static ExpositionException noMetrics(String body, String problem) {
        return ExpositionException.body(
                String.format(Locale.ROOT, "its first line has no sample (%s)", problem),
                body.strip(),
                "Check port and path; engines serve metrics at /metrics.");
    }
}
