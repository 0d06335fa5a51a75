package dev.ratematch.controller.recommend;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The end of a watch: asked for from outside, waited for so that files and ports close first.
public final class Stop {

    private static final long PATIENCE_SECONDS = 15;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /// Not asked for yet.
    public Stop() {}

    /// Asks for the end and waits for it, for a while.
    public void interrupt() {
        asked.countDown();
        try {
            var _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits; answers whether the end was asked for meanwhile.
    public boolean within(double seconds) {
        try {
            return asked.await((long) (1000 * seconds), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Everything is closed.
    public void ended() {
        ended.countDown();
    }
}
