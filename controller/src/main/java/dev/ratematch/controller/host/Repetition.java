package dev.ratematch.controller.host;

import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tells looks apart at which there is nothing to say. A Prometheus is often scraped more rarely
/// than we look: what was said last stands until there is news, and nobody is told in between that
/// telemetry is lost. Confined to one thread.
public final class Repetition {

    private List<Reading> counts = List.of();
    private List<@Nullable Object> around = List.of();

    /// Whether a look found what the one before did: no new scrape, no open move, the same replicas
    /// and the same around it. Remembers it.
    ///
    /// @param nowAround whatever else an answer is made of
    public boolean of(State state, Snapshot snapshot, List<@Nullable Object> nowAround) {
        var before = counts;
        var aroundBefore = around;
        counts =
                Stream.of(snapshot.prefill(), snapshot.decode())
                        .flatMap(Repetition::counts)
                        .toList();
        around = nowAround;
        return state.move() == null
                && Freshness.pending(snapshot, state.heardSeconds())
                && counts.equals(before)
                && around.equals(aroundBefore);
    }

    private static Stream<Reading> counts(PoolReading pool) {
        return Stream.of(
                pool.desired(),
                pool.ready(),
                pool.starting(),
                pool.pending(),
                pool.draining(),
                pool.failed());
    }
}
