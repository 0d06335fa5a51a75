package dev.ratematch.k8s.operator;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sweeps at once, for what an earlier process has left behind, and then every minute.
final class SweepTimer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SweepTimer.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Sweep sweep;
    private final Clock clock;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("sweep").daemon().factory());

    SweepTimer(Sweep sweep, Clock clock) {
        this.sweep = sweep;
        this.clock = clock;
        var _ = thread.scheduleWithFixedDelay(this::run, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    private void run() {
        try {
            sweep.run(clock.instant());
        } catch (RuntimeException e) {
            LOG.warn("The clean-up of drained pods failed and will be retried: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
