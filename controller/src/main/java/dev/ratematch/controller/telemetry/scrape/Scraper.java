package dev.ratematch.controller.telemetry.scrape;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Scrapes all targets at once over HTTP. Each has its own deadline and a bounded body; whatever
/// goes wrong with one is its answer and leaves the others alone.
public final class Scraper implements Fetcher, AutoCloseable {

    /// Largest body taken; the richest engine's page is below 0.2 MB.
    public static final int BODY_BYTES_MAX = 16 << 20;

    private static final String ACCEPTED =
            "text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.5";

    private final WebClient client;
    private final Duration timeout;
    private final int bodyBytesMax;

    /// A scraper on somebody's event loops.
    ///
    /// @param timeout of one target, from connect to the last byte
    public Scraper(Vertx vertx, Duration timeout) {
        this(vertx, timeout, BODY_BYTES_MAX);
    }

    /// A scraper with another limit of the body.
    public Scraper(Vertx vertx, Duration timeout, int bodyBytesMax) {
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "timeout (%s) must be at least 1 ms.".formatted(timeout));
        }
        this.timeout = timeout;
        this.bodyBytesMax = bodyBytesMax;
        this.client =
                WebClient.create(
                        vertx,
                        new WebClientOptions()
                                .setUserAgent("ratematch")
                                .setDecompressionSupported(true)
                                .setConnectTimeout((int) timeout.toMillis()));
    }

    /// All answers, when the last one is in.
    public Future<List<Answer>> scrape(List<Target> targets) {
        var pending = new ArrayList<Future<Answer>>();
        for (var target : targets) {
            pending.add(one(target));
        }
        return Future.join(pending).map(all -> all.<Answer>list());
    }

    /// The same, waiting. Not for event loops.
    @Override
    public List<Answer> fetch(List<Target> targets) {
        try {
            return scrape(targets)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(2 * timeout.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(targets, "scraping was interrupted");
        } catch (ExecutionException | TimeoutException e) {
            return failed(targets, "scraping failed: " + e.getMessage());
        }
    }

    private static List<Answer> failed(List<Target> targets, String why) {
        return targets.stream().map(target -> Answer.failed(target, why)).toList();
    }

    private Future<Answer> one(Target target) {
        try {
            return client.getAbs(target.url())
                    .putHeader(HttpHeaders.ACCEPT.toString(), ACCEPTED)
                    .timeout(timeout.toMillis())
                    .as(BoundedBody.codec(bodyBytesMax))
                    .send()
                    .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .map(response -> answer(target, response))
                    .otherwise(e -> Answer.failed(target, explain(target, e)));
        } catch (RuntimeException e) {
            return Future.succeededFuture(Answer.failed(target, explain(target, e)));
        }
    }

    private static Answer answer(Target target, HttpResponse<String> response) {
        if (response.statusCode() == 200) {
            return Answer.of(target, response.body() == null ? "" : response.body());
        }
        return Answer.failed(
                target,
                "%s answers HTTP %d %s; check port and path"
                        .formatted(target.url(), response.statusCode(), response.statusMessage()));
    }

    private String explain(Target target, Throwable cause) {
        boolean late =
                cause instanceof TimeoutException
                        || cause.getClass().getSimpleName().contains("Timeout");
        if (cause instanceof BoundedBody.TooLong) {
            return "%s cannot be scraped: %s; this is no engine's metrics page"
                    .formatted(target.url(), cause.getMessage());
        }
        return late
                ? "%s did not answer within %d ms".formatted(target.url(), timeout.toMillis())
                : "%s cannot be scraped: %s".formatted(target.url(), cause.getMessage());
    }

    /// Closes its connections; the event loops stay with their owner.
    @Override
    public void close() {
        client.close();
    }
}
