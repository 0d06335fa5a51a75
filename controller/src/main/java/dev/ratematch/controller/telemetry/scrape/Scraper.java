package dev.ratematch.controller.telemetry.scrape;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.ratematch.controller.telemetry.resilience.Limits;
import dev.ratematch.controller.telemetry.resilience.TargetsGuard;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;

/// Scrapes all targets at once over HTTP. Each has its own deadline, a bounded body and a breaker;
/// whatever goes wrong with one is its answer and leaves the others alone.
public final class Scraper implements Fetcher, AutoCloseable {

    /// Largest body taken; the richest engine's page is below 0.2 MB.
    public static final int BODY_BYTES_MAX = 16 << 20;

    private static final String ACCEPTED =
            "text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.5";

    private final WebClient client;
    private final Limits limits;
    private final int bodyBytesMax;
    private final TargetsGuard guard;

    /// Rounds wait for each other here, not at the guard, which would refuse them.
    private final Semaphore turns;

    /// What is thrown inside, so that the guard sees failures.
    private static final class ScrapeFailed extends RuntimeException {
        final boolean passing;

        ScrapeFailed(String why, boolean passing) {
            super(why, null, false, false);
            this.passing = passing;
        }
    }

    /// A scraper on somebody's event loops, whose metrics nobody sees.
    ///
    /// @param timeout of one target, from connect to the last byte
    public Scraper(Vertx vertx, Duration timeout) {
        this(vertx, timeout, BODY_BYTES_MAX);
    }

    /// A scraper with another limit of the body.
    public Scraper(Vertx vertx, Duration timeout, int bodyBytesMax) {
        this(vertx, "pods", Limits.PODS.timeout(timeout), bodyBytesMax, new SimpleMeterRegistry());
    }

    /// A scraper with limits of one's choice.
    ///
    /// @param name of these targets in metrics
    public Scraper(
            Vertx vertx, String name, Limits limits, int bodyBytesMax, MeterRegistry registry) {
        this.limits = limits;
        this.turns = new Semaphore(limits.concurrent(), true);
        this.bodyBytesMax = bodyBytesMax;
        this.guard =
                new TargetsGuard(
                        name, limits, e -> e instanceof ScrapeFailed f && f.passing, registry);
        this.client =
                WebClient.create(
                        vertx,
                        new WebClientOptions()
                                .setUserAgent("ratematch")
                                .setDecompressionSupported(true)
                                .setConnectTimeout((int) limits.timeout().toMillis()));
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
        int round = Math.min(targets.size(), limits.concurrent());
        try {
            turns.acquire(round);
            try {
                return scrape(targets)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(limits.attempts() * limits.timeout().toMillis() + 5000, MILLISECONDS);
            } finally {
                turns.release(round);
            }
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
        return Future.fromCompletionStage(guard.call(target.url(), () -> attempt(target)))
                .otherwise(e -> Answer.failed(target, told(target, e)));
    }

    private CompletionStage<Answer> attempt(Target target) {
        long millis = limits.timeout().toMillis();
        try {
            return client.getAbs(target.url())
                    .putHeader(HttpHeaders.ACCEPT.toString(), ACCEPTED)
                    .timeout(millis)
                    .as(BoundedBody.codec(bodyBytesMax))
                    .send()
                    .timeout(millis, MILLISECONDS)
                    .map(response -> answer(target, response))
                    .recover(e -> Future.failedFuture(failure(target, e)))
                    .toCompletionStage();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(failure(target, e));
        }
    }

    private String told(Target target, Throwable thrown) {
        var cause =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        if (TargetsGuard.isLeftAlone(cause)) {
            var last = guard.lastFailure(target.url());
            return "%s failed too often and is not queried for %d s; the last failure: %s"
                    .formatted(
                            target.url(),
                            limits.leaveAlone().toSeconds(),
                            last == null ? "unknown" : failure(target, last).getMessage());
        }
        if (cause instanceof BulkheadFullException) {
            return "%s is not asked: %d scrapes are under way already"
                    .formatted(target.url(), limits.concurrent());
        }
        return String.valueOf(failure(target, cause).getMessage());
    }

    private static Answer answer(Target target, HttpResponse<String> response) {
        if (response.statusCode() == 200) {
            return Answer.of(target, response.body() == null ? "" : response.body());
        }
        throw new ScrapeFailed(
                "%s answers HTTP %d %s; check port and path"
                        .formatted(target.url(), response.statusCode(), response.statusMessage()),
                false);
    }

    private ScrapeFailed failure(Target target, Throwable cause) {
        if (cause instanceof ScrapeFailed known) {
            return known;
        }
        if (cause instanceof BoundedBody.TooLong) {
            return new ScrapeFailed(
                    "%s cannot be scraped: %s; this is no engine's metrics page"
                            .formatted(target.url(), cause.getMessage()),
                    false);
        }
        boolean late =
                cause instanceof TimeoutException
                        || cause.getClass().getSimpleName().contains("Timeout");
        return late
                ? new ScrapeFailed(
                        "%s did not answer within %d ms"
                                .formatted(target.url(), limits.timeout().toMillis()),
                        false)
                : new ScrapeFailed(
                        "%s cannot be scraped: %s".formatted(target.url(), cause.getMessage()),
                        cause instanceof IOException);
    }

    /// Closes its connections; the event loops stay with their owner.
    @Override
    public void close() {
        guard.close();
        client.close();
    }
}
