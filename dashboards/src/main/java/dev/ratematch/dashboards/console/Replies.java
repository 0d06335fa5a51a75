package dev.ratematch.dashboards.console;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/// How the console answers. Every answer forbids what the page does not need: other hosts, scripts
/// and styles in the page's text, frames, guesses at types, and to tell others where one came from.
final class Replies {

    static final String JSON = "application/json; charset=utf-8";

    private static final Map<String, String> ALWAYS =
            Map.of(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                            + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                            + " frame-ancestors 'none'",
                    "X-Content-Type-Options",
                    "nosniff",
                    "X-Frame-Options",
                    "DENY",
                    "Referrer-Policy",
                    "no-referrer",
                    "Cross-Origin-Opener-Policy",
                    "same-origin",
                    "Cross-Origin-Resource-Policy",
                    "same-origin",
                    "Permissions-Policy",
                    "camera=(), geolocation=(), microphone=()");

    private record Problem(String error) {}

    private Replies() {}

    /// A reply that is not sent yet.
    static HttpServerResponse begun(HttpServerRequest request, int status, String type) {
        var response = request.response().setStatusCode(status);
        ALWAYS.forEach(response::putHeader);
        return response.putHeader("Content-Type", type);
    }

    /// A value that is true now only.
    static void json(HttpServerRequest request, Object value) {
        begun(request, 200, JSON).putHeader("Cache-Control", "no-store").end(Json.of(value));
    }

    /// A sentence that says what is wrong.
    static void problem(HttpServerRequest request, int status, String text) {
        var response = begun(request, status, JSON).putHeader("Cache-Control", "no-store");
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        if (status == 503) {
            response.putHeader("Retry-After", "10");
        }
        if (status == 405) {
            response.putHeader("Allow", "GET, HEAD");
        }
        var sent = response.end(Json.of(new Problem(text)));
        if (status == 413) {
            // Nobody waits for a body that is not wanted.
            sent.onComplete(_ -> request.connection().close());
        }
    }
}
