package dev.ratematch.controller.publish;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.publish.Change.Published;
import dev.ratematch.controller.publish.Change.Removed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The last good recommendation of every RateMatcher. One writes, many read; safe for threads.
///
/// A recommendation is never forgotten because telemetry fails: it stays, marked as not fresh, with
/// the time it was made. How old is too old is for the reader to say.
public final class Recommendations {

    private record Key(String namespace, String name) {}

    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::namespace).thenComparing(Key::name);

    private final Map<Key, Recommended> good = new TreeMap<>(ORDER);
    private final Map<Key, String> waiting = new TreeMap<>(ORDER);
    private final Map<Object, Consumer<Change>> listeners = new LinkedHashMap<>();

    /// Ends a listening.
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    /// Replaces the recommendation of its RateMatcher.
    public synchronized void publish(Recommended recommended) {
        var key = new Key(recommended.namespace(), recommended.name());
        waiting.remove(key);
        good.put(key, recommended);
        tell(new Published(recommended));
    }

    /// Publishes what one cycle concluded, or, where it could not tell, keeps the last good counts.
    public void conclude(String namespace, String name, Cycle cycle, Instant at) {
        var now = cycle.told().sizes();
        var end = cycle.end();
        if (!cycle.tells() || now == null || end == null) {
            stale(namespace, name, cycle.explanation().text());
            return;
        }
        publish(
                new Recommended(
                        namespace,
                        name,
                        now.prefill(),
                        now.decode(),
                        end.prefill(),
                        end.decode(),
                        at,
                        true,
                        cycle.decision().reason().name()));
    }

    /// Says that the last cycle could not tell. The last good counts stay, with their age; where
    /// there never were any, the reason is kept for whoever asks.
    public synchronized void stale(String namespace, String name, String why) {
        var key = new Key(namespace, name);
        var last = good.get(key);
        if (last == null) {
            waiting.put(key, why);
            return;
        }
        var kept = last.stale(why);
        good.put(key, kept);
        tell(new Published(kept));
    }

    /// Forgets a RateMatcher that is gone.
    public synchronized void remove(String namespace, String name) {
        var key = new Key(namespace, name);
        waiting.remove(key);
        if (good.remove(key) != null) {
            tell(new Removed(namespace, name));
        }
    }

    /// The last good recommendation, where there has been one.
    public synchronized Optional<Recommended> find(String namespace, String name) {
        return Optional.ofNullable(good.get(new Key(namespace, name)));
    }

    /// Why a RateMatcher that is known has had no recommendation yet.
    public synchronized Optional<String> waiting(String namespace, String name) {
        return Optional.ofNullable(waiting.get(new Key(namespace, name)));
    }

    /// All of them, by namespace and name.
    public synchronized List<Recommended> all() {
        return List.copyOf(good.values());
    }

    /// Tells a listener of everything that is there and, in order, of every change from then on. It
    /// is called while the store is locked, so it must return at once and must not throw.
    public synchronized Listening listen(Consumer<Change> listener) {
        var id = new Object();
        good.values().forEach(each -> listener.accept(new Published(each)));
        listeners.put(id, listener);
        return () -> forget(id);
    }

    private synchronized void forget(Object id) {
        listeners.remove(id);
    }

    private void tell(Change change) {
        // A copy: a listener may end its own listening.
        new ArrayList<>(listeners.values()).forEach(each -> each.accept(change));
    }
}
