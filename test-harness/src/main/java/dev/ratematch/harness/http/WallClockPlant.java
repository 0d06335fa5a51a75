package dev.ratematch.harness.http;

import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.harness.exposition.ExposedCluster;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A cluster behind real endpoints whose time is the wall clock's: a second there is a second here,
/// for whoever scrapes it on his own schedule, as a Prometheus does. Its time can be held, so that
/// several observers see the same moment.
///
/// Safe for use by several threads.
public final class WallClockPlant implements AutoCloseable {

    private static final long FRAME_MILLIS = 50;
    private static final long PATIENCE_SECONDS = 30;
    private static final double NANOS = 1e9;

    private final Vertx vertx = Vertx.vertx();
    private final ExposedCluster exposed;
    private final Pace pace = new Pace();
    private final CompletableFuture<PlantServer> opened = new CompletableFuture<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private final PlantServer server;
    private final HttpHost host;

    /// Time that passes or is held.
    private static final class Pace {
        private long passed;
        private long since;
        private boolean going;

        synchronized void go() {
            if (!going) {
                since = System.nanoTime();
                going = true;
            }
        }

        synchronized void hold() {
            passed = nanos();
            going = false;
        }

        synchronized long nanos() {
            return going ? passed + System.nanoTime() - since : passed;
        }
    }

    /// Opens every endpoint. Time is held until [#go()].
    ///
    /// @throws IllegalStateException when a port is taken
    public WallClockPlant(ExposedCluster exposed, Ports ports) {
        this(exposed, ports, null);
    }

    /// The same with pods that change their role by a protocol.
    ///
    /// @param roleSwitch null for pods that keep their role
    public WallClockPlant(ExposedCluster exposed, Ports ports, @Nullable Protocol roleSwitch) {
        this.exposed = exposed;
        this.thread =
                Thread.ofPlatform().daemon().name("plant").start(() -> run(ports, roleSwitch));
        try {
            this.server = opened.join();
        } catch (CompletionException e) {
            PlantServer.await(vertx.close());
            throw new IllegalStateException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
        this.host = new HttpHost(vertx, server.apiUrl());
    }

    private void run(Ports ports, @Nullable Protocol roleSwitch) {
        try (var own = new PlantServer(vertx, exposed, ports, roleSwitch)) {
            opened.complete(own);
            while (closing.getCount() > 0) {
                exposed.cluster().runUntil(pace.nanos());
                own.refresh();
                own.away(this::frame);
            }
        } catch (RuntimeException | Error e) {
            opened.completeExceptionally(e);
        }
    }

    private boolean frame() {
        try {
            return closing.await(FRAME_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
            return true;
        }
    }

    /// Lets time pass.
    public void go() {
        pace.go();
    }

    /// Holds time: from the return on, every observer sees this moment until time goes on.
    public void hold() {
        pace.hold();
        var _ = look(it -> it.cluster().nowNanos());
    }

    /// Looks at the cluster, or acts on it, as it is now.
    public <T> T look(Function<ExposedCluster, T> work) {
        return PlantServer.await(
                server.inTurn(
                        () -> {
                            exposed.cluster().runUntil(pace.nanos());
                            return work.apply(exposed);
                        }));
    }

    /// How much time has passed, seconds since the start of the trace.
    public double atSeconds() {
        return pace.nanos() / NANOS;
    }

    /// Every endpoint that serves metrics now.
    public List<Target> targets() {
        return host.targets();
    }

    /// The replicas, as a scale target shows and takes them.
    public HttpHost fleet() {
        return host;
    }

    /// Where the API is: `/pods`, `/scale/ROLE` and `/sd`, the list of targets for Prometheus.
    public String apiUrl() {
        return server.apiUrl();
    }

    /// What makes a Prometheus scrape every pod: YAML below `scrape_configs`. Pods are labelled
    /// `pod` and `role`.
    ///
    /// @param job name of the job
    public String scrapeConfig(String job) {
        return """
          - job_name: %s
            http_sd_configs:
              - url: %s/sd
                refresh_interval: 2s
        """
                .formatted(job, apiUrl());
    }

    /// Closes every port.
    @Override
    public void close() {
        closing.countDown();
        host.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        PlantServer.await(vertx.close());
    }
}
