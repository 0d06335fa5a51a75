package dev.ratematch.k8s.operator;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads of one source, one at a time and each on a thread of its own: whoever begins one goes on,
/// and is called when it has ended. Begun and taken by one thread at a time.
final class Reads<T> {

    private final Background background;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicReference<@Nullable T> ended = new AtomicReference<>();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private Instant begun = Instant.EPOCH;

    /// Where reads run, and who is called when one has ended.
    ///
    /// @param threads a thread for each task, since tasks wait
    record Background(Executor threads, Runnable ended) {

        /// Everything at once, and nobody to call.
        static final Background NONE = new Background(Runnable::run, () -> {});
    }

    Reads(Background background) {
        this.background = background;
    }

    /// Begins a read, unless one is under way.
    void begin(Instant now, Supplier<T> read) {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        begun = now;
        background
                .threads()
                .execute(
                        () -> {
                            thread.set(Thread.currentThread());
                            try {
                                ended.set(read.get());
                            } finally {
                                thread.set(null);
                                busy.set(false);
                                background.ended().run();
                            }
                        });
    }

    /// Whether one is under way.
    boolean busy() {
        return busy.get();
    }

    /// Time since the last one began.
    Duration since(Instant now) {
        return Duration.between(begun, now);
    }

    /// What the last one found, once.
    Optional<T> take() {
        return Optional.ofNullable(ended.getAndSet(null));
    }

    /// Asks the one under way to end. It is still under way until it does.
    void interrupt() {
        var reading = thread.get();
        if (reading != null) {
            reading.interrupt();
        }
    }
}
