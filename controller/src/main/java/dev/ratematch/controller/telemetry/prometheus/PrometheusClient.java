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
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// Asks a Prometheus over HTTP. Every answer is bounded in size and time; what goes wrong is told
/// apart and said in words.
public final class PrometheusClient implements PrometheusSource, AutoCloseable {

    private final PrometheusSettings settings;
    private final WebClient client;
    private final Guard guard;
    private volatile String lastFailure = "";

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
        if (!settings.caPem().isBlank()) {
            options.setTrustOptions(
                    new PemTrustOptions().addCertValue(Buffer.buffer(settings.caPem())));
        }
        this.client = WebClient.create(vertx, options);
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
        var limits = settings.limits();
        long patience = limits.attempts() * (limits.timeout().toMillis() + 1000) * 2;
        try {
            return guard.call(() -> attempt(form))
                    .toCompletableFuture()
                    .get(patience, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Failed(Kind.LATE, "the query was interrupted");
        } catch (ExecutionException e) {
            return noted(explained(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException e) {
            return noted(explained(e));
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
        String token = token();
        if (!token.isEmpty()) {
            request.bearerTokenAuthentication(token);
        }
        return request.sendForm(form)
                .timeout(millis, TimeUnit.MILLISECONDS)
                .map(this::outcome)
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

    private String token() {
        try {
            return settings.token().get().strip();
        } catch (RuntimeException e) {
            throw new QueryFailed(
                    new Failed(
                            Kind.UNAUTHORIZED,
                            "the token for Prometheus cannot be read: " + e.getMessage()));
        }
    }

    private Outcome outcome(HttpResponse<String> response) {
        String body = response.body() == null ? "" : response.body();
        int status = response.statusCode();
        String said = "%s answers HTTP %d".formatted(settings.url(), status);
        return switch (status) {
            case 200 -> AnswerReader.read(body);
            case 401, 403 ->
                    new Failed(
                            Kind.UNAUTHORIZED,
                            said
                                    + "; it wants %s bearer token that may query"
                                            .formatted(token().isEmpty() ? "a" : "another"));
            case 404, 405 ->
                    new Failed(
                            Kind.NO_PROMETHEUS,
                            said + " to /api/v1/query; check the URL and its path prefix");
            case 400, 422 ->
                    AnswerReader.read(body) instanceof Failed f && f.kind() == Kind.REFUSED
                            ? f
                            : new Failed(Kind.NO_PROMETHEUS, said + "; check the URL");
            default ->
                    status >= 300 && status < 400
                            ? new Failed(
                                    Kind.NO_PROMETHEUS,
                                    "%s and leads to %s; give the API's own address, or a token"
                                            .formatted(said, response.getHeader("location")))
                            : new Failed(Kind.BUSY, said + "; see its log");
        };
    }

    private Failed explained(Throwable thrown) {
        var e =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        String url = settings.url().toString();
        return switch (e) {
            case QueryFailed q -> q.failed;
            case CallNotPermittedException _ ->
                    new Failed(
                            Kind.LEFT_ALONE,
                            "%s failed too often and is left alone for %d s; the last failure: %s"
                                    .formatted(
                                            url,
                                            settings.limits().leaveAlone().toSeconds(),
                                            lastFailure));
            case BulkheadFullException _ ->
                    new Failed(
                            Kind.BUSY,
                            "%d queries to %s are under way already"
                                    .formatted(settings.limits().concurrent(), url));
            case SSLException s ->
                    new Failed(
                            Kind.UNTRUSTED,
                            "the certificate of %s is not accepted (%s); give its CA, and the name"
                                            .formatted(url, s.getMessage())
                                    + " that it was issued for");
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

    private static String unreachable(String url, Throwable e) {
        String check =
                switch (e) {
                    case UnknownHostException _ ->
                            "its name is not known here; check it, and whether it can be resolved"
                                    + " from this machine";
                    case ConnectException _ ->
                            "nothing listens there; check host and port, and forward the port where"
                                    + " it is inside a cluster";
                    default -> "check that it speaks %s".formatted(url.replaceAll(":.*", ""));
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
