package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import dev.ratematch.controller.telemetry.resilience.Guard;
import dev.ratematch.controller.telemetry.scrape.BoundedBody;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Asks a Prometheus over HTTP. Every answer is bounded in size and time; what goes wrong is told
/// apart and said in words.
public final class PrometheusClient implements PrometheusSource, AutoCloseable {

    private static final int SAID_CHARS = 120;
    private static final int CAUSES_MAX = 5;

    /// No page is named so; a token may be.
    private static final int PATH_PART_MAX = 30;

    private final PrometheusSettings settings;
    private final Vertx vertx;
    private final WebClient client;
    private final Guard guard;

    /// Those who ask wait for each other here, not at the guard, which would refuse them.
    private final Semaphore turns;

    private volatile String lastFailure = "";
    private volatile List<String> lastSent = List.of();

    /// What is thrown inside, so that the guard sees failures.
    private static final class QueryFailed extends RuntimeException {
        final Failed failed;

        QueryFailed(Failed failed) {
            super(failed.why(), null, false, false);
            this.failed = failed;
        }
    }

    /// A client on somebody's event loops.
    ///
    /// @param name of this source in metrics
    public PrometheusClient(
            Vertx vertx, String name, PrometheusSettings settings, MeterRegistry registry) {
        this.settings = settings;
        var options =
                new WebClientOptions()
                        .setUserAgent("ratematch")
                        .setDecompressionSupported(true)
                        .setFollowRedirects(false)
                        .setConnectTimeout((int) settings.limits().timeout().toMillis());
        var access = settings.access();
        if (!access.caPem().isBlank()) {
            options.setTrustOptions(
                    new PemTrustOptions().addCertValue(Buffer.buffer(access.caPem())));
        }
        if (access.client() != null) {
            options.setKeyCertOptions(
                    new PemKeyCertOptions()
                            .addCertValue(Buffer.buffer(access.client().certificatePem()))
                            .addKeyValue(Buffer.buffer(access.client().keyPem())));
        }
        this.vertx = vertx;
        this.client = WebClient.create(vertx, options);
        this.turns = new Semaphore(settings.limits().concurrent(), true);
        this.guard = new Guard(name, settings.limits(), PrometheusClient::passing, registry);
    }

    private static boolean passing(Throwable failure) {
        return failure instanceof QueryFailed q
                ? q.failed.kind().passing()
                : failure instanceof TimeoutException;
    }

    @Override
    public Outcome time() {
        var form = MultiMap.caseInsensitiveMultiMap().add("query", "time()");
        return ask(form);
    }

    @Override
    public Outcome query(String expression, double atSeconds) {
        return ask(
                MultiMap.caseInsensitiveMultiMap()
                        .add("query", expression)
                        .add("time", String.format(Locale.ROOT, "%.3f", atSeconds)));
    }

    private Outcome ask(MultiMap form) {
        // Thanos would choose between two replicas series by series, and a scrape that is half of
        // one and half of the other counts what it lacks from zero. Pods that are told twice are
        // seen to be one. Nobody else knows the parameter.
        form.set("dedup", "false");
        settings.parameters().forEach(form::set);
        var outcome = answered(form);
        return outcome instanceof Failed(var kind, var why)
                ? noted(new Failed(kind, shown(why)))
                : outcome;
    }

    private String shown(String text) {
        return settings.access().conceal(text, lastSent);
    }

    private Outcome answered(MultiMap form) {
        var limits = settings.limits();
        long patience = limits.attempts() * (limits.timeout().toMillis() + 1000) * 2;
        try {
            if (!turns.tryAcquire(patience, TimeUnit.MILLISECONDS)) {
                return new Failed(
                        Kind.BUSY,
                        "%s has had no time for this query within %d ms"
                                .formatted(settings.url(), patience));
            }
            try {
                return guard.call(() -> attempt(form))
                        .toCompletableFuture()
                        .get(patience, TimeUnit.MILLISECONDS);
            } finally {
                turns.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Failed(Kind.LATE, "the query was interrupted");
        } catch (ExecutionException e) {
            return explained(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            return explained(e);
        }
    }

    /// Keeps what went wrong, to be told while the source is left alone.
    private Failed noted(Failed failed) {
        if (failed.kind() != Kind.LEFT_ALONE) {
            lastFailure = failed.why();
        }
        return failed;
    }

    private CompletionStage<Outcome> attempt(MultiMap form) {
        long millis = settings.limits().timeout().toMillis();
        var request =
                client.postAbs(settings.url() + "/api/v1/query")
                        .timeout(millis)
                        .as(BoundedBody.codec(settings.bodyBytesMax()));
        var headers = sent();
        lastSent = List.copyOf(headers.values());
        headers.forEach(request::putHeader);
        return request.sendForm(form)
                .timeout(millis, TimeUnit.MILLISECONDS)
                .compose(response -> vertx.executeBlocking(() -> outcome(response), false))
                .toCompletionStage()
                .exceptionally(
                        e -> {
                            throw new QueryFailed(explained(e));
                        })
                .thenApply(
                        outcome -> {
                            if (outcome instanceof Failed failed) {
                                throw new QueryFailed(failed);
                            }
                            return outcome;
                        });
    }

    private Map<String, String> sent() {
        try {
            return settings.access().sent();
        } catch (RuntimeException e) {
            throw new QueryFailed(
                    new Failed(
                            Kind.UNAUTHORIZED,
                            "the credentials for Prometheus cannot be read: " + e.getMessage()));
        }
    }

    /// Large answers take a while to read, and event loops have none.
    private Outcome outcome(HttpResponse<String> response) {
        String body = response.body() == null ? "" : response.body();
        int status = response.statusCode();
        String said = "%s answers HTTP %d".formatted(settings.url(), status);
        return switch (status) {
            case 200 -> whole(response, AnswerReader.read(body, settings::accepts, this::shown));
            case 401, 403 -> new Failed(Kind.UNAUTHORIZED, said + unauthorized(response, body));
            case 404, 405 ->
                    new Failed(
                            Kind.NO_PROMETHEUS,
                            said + " to /api/v1/query; check the URL and its path prefix");
            case 400, 422 -> refused(said, body);
            default ->
                    status >= 300 && status < 400
                            ? new Failed(
                                    Kind.NO_PROMETHEUS,
                                    "%s and leads to %s; give the API's own address, or credentials"
                                            .formatted(said, place(response.getHeader("location"))))
                            : new Failed(Kind.BUSY, said + quoted(body) + "; see its log");
        };
    }

    /// Sign-in pages carry tokens behind the ?, and some in their path.
    private static String place(@Nullable String location) {
        return String.valueOf(location)
                .replaceAll("[?#;].*", "")
                .replaceAll("(?<=[^/]/|^/)[^/]{%d,}".formatted(PATH_PART_MAX), "***");
    }

    /// M3 tells by a header that it did not look at everything.
    private Outcome whole(HttpResponse<String> response, Outcome outcome) {
        String limited = response.getHeader("M3-Results-Limited");
        return limited == null || limited.isBlank() || limited.equals("false")
                ? outcome
                : new Failed(
                        Kind.PARTIAL,
                        "Prometheus says that its answer is not whole: results limited, "
                                + cut(shown(limited)));
    }

    private Failed refused(String said, String body) {
        if (AnswerReader.read(body, settings::accepts, this::shown) instanceof Failed f
                && f.kind() == Kind.REFUSED) {
            return f;
        }
        boolean tls =
                body.contains("HTTP request to an HTTPS server") || body.contains("HTTPS port");
        return new Failed(
                Kind.NO_PROMETHEUS,
                tls
                        ? said + ": it speaks https; write https:// in its URL"
                        : said + quoted(body) + "; check the URL");
    }

    private String unauthorized(HttpResponse<String> response, String body) {
        String words = body.toLowerCase(Locale.ROOT);
        String scheme =
                String.valueOf(response.getHeader("WWW-Authenticate")).toLowerCase(Locale.ROOT);
        boolean nobody = settings.access().authorization() == null;
        String wants;
        if (words.contains("org id") || words.contains("tenant") || words.contains("orgid")) {
            wants = "it requires a tenant, in a header such as X-Scope-OrgID";
        } else if (scheme.startsWith("basic")) {
            wants = "it requires %s user and password".formatted(nobody ? "a" : "another");
        } else if (words.contains("certificate")) {
            wants = "it requires a client certificate";
        } else if (nobody) {
            wants = "it requires credentials: a bearer token, or a user and password";
        } else {
            wants =
                    settings.access().authorization() instanceof Access.Bearer
                            ? "the bearer token is not accepted or may not query"
                            : "the user or password is not accepted or may not query";
        }
        return quoted(body) + "; " + wants;
    }

    /// What a server says, where that is for people.
    private String quoted(String body) {
        // Before it is cut, so that no half of a secret is left.
        String text =
                shown(body)
                        .replaceAll("(?s)<[^>]*>", " ")
                        .replaceAll("[\\s\\p{Cntrl}]+", " ")
                        .strip();
        return text.isEmpty() ? "" : " and says \"%s\"".formatted(cut(text));
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(SAID_CHARS, text.length()));
    }

    private Failed explained(Throwable thrown) {
        var e =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        String url = settings.url().toString();
        String reasons = reasons(e);
        // A server that wants our certificate says so after the handshake, to whoever then reads.
        if (e instanceof SSLException || reasons.contains("javax.net.ssl.")) {
            return untrusted(url, reasons.replaceAll("javax\\.net\\.ssl\\.\\w+: ", ""));
        }
        return switch (e) {
            case QueryFailed q -> q.failed;
            case CallNotPermittedException _ ->
                    new Failed(
                            Kind.LEFT_ALONE,
                            ("%s failed too often and is not queried for %d s; the last "
                                            + "failure: %s")
                                    .formatted(
                                            url,
                                            settings.limits().leaveAlone().toSeconds(),
                                            lastFailure));
            case BulkheadFullException _ ->
                    new Failed(
                            Kind.BUSY,
                            "%d queries to %s are under way already"
                                    .formatted(settings.limits().concurrent(), url));
            case BoundedBody.TooLong t ->
                    new Failed(Kind.TOO_LARGE, "%s: %s".formatted(url, t.getMessage()));
            default ->
                    late(e)
                            ? new Failed(
                                    Kind.LATE,
                                    "%s did not answer within %d ms"
                                            .formatted(url, settings.limits().timeout().toMillis()))
                            : new Failed(Kind.UNREACHABLE, unreachable(url, e));
        };
    }

    /// Whoever wraps an exception says less than what is inside.
    private static String reasons(Throwable e) {
        var all = new LinkedHashSet<String>();
        for (Throwable t = e; t != null && all.size() < CAUSES_MAX; t = t.getCause()) {
            String said = String.valueOf(t.getMessage());
            all.add(cut(said));
        }
        return String.join(": ", all);
    }

    private Failed untrusted(String url, String what) {
        if (what.contains("not an SSL/TLS record") || what.contains("unrecognized SSL message")) {
            return new Failed(
                    Kind.NO_PROMETHEUS, url + " speaks plain http; write http:// in its URL");
        }
        String words = what.toLowerCase(Locale.ROOT).replace('_', ' ');
        boolean ours = words.contains("certificate required") || words.contains("bad certificate");
        return new Failed(
                Kind.UNTRUSTED,
                ours
                        ? "%s does not accept %s (%s); give a client certificate and its key"
                                .formatted(
                                        url,
                                        settings.access().client() == null
                                                ? "us without a client certificate"
                                                : "our client certificate",
                                        what)
                        : "the certificate of %s is not accepted (%s); give its CA, and the name that it was issued for"
                                .formatted(url, what));
    }

    private static String unreachable(String url, Throwable e) {
        String check =
                switch (e) {
                    case UnknownHostException _ ->
                            "its name cannot be resolved from this machine; check the name";
                    case ConnectException _ ->
                            "nothing listens there; check host and port, and forward the port where"
                                    + " it is inside a cluster";
                    default ->
                            url.startsWith("https")
                                    ? "check that it uses https and not http"
                                    : "check that it uses http and not https";
                };
        return "%s cannot be reached (%s): %s".formatted(url, e.getMessage(), check);
    }

    private static boolean late(Throwable e) {
        return e instanceof TimeoutException || e.getClass().getSimpleName().contains("Timeout");
    }

    /// Closes its connections; the event loops stay with their owner.
    @Override
    public void close() {
        guard.close();
        client.close();
    }
}
