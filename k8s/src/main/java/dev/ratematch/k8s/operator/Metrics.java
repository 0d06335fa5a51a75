package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Fault;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.k8s.fleet.PodLoad;
import dev.ratematch.k8s.fleet.RoleFleet;
import dev.ratematch.k8s.operator.Sources.Reader;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metrics of one RateMatcher, read without anybody waiting.
///
/// One read at a time: a source that takes longer than the interval is read as often as it answers.
/// One that takes far too long is told to end, and until it does the metrics are unknown. Used by
/// one thread at a time.
final class Metrics {

    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

    private final Reads.Background background;
    private final SeenPools pools = new SeenPools();
    private Reads<Found> reads;
    private @Nullable Reader reader;

    /// What a read found.
    ///
    /// @param engine that the pods run; null while none is known
    /// @param loads what each pod has to do, by pool; empty where nobody asked
    /// @param silent the pods that did not answer
    record Found(
            Snapshot snapshot,
            @Nullable String engine,
            Map<Role, Map<String, PodLoad>> loads,
            Set<String> silent) {

        /// Nothing is known.
        static Found unknown(double at, String why) {
            return new Found(Snapshot.unknown(at, why), null, Map.of(), Set.of());
        }
    }

    Metrics(Reads.Background background) {
        this.background = background;
        this.reads = new Reads<>(background);
    }

    /// The pools that a reader is to count.
    SeenPools pools() {
        return pools;
    }

    /// Whether there is something to read from.
    boolean readable() {
        return reader != null;
    }

    /// Reads from here from now on; what another source is still to say is not waited for.
    void from(Reader next) {
        reads.interrupt();
        reads = new Reads<>(background);
        reader = next;
    }

    /// Begins a read unless one is under way.
    ///
    /// @param loads whether it is to say what each pod has to do
    void begin(Instant now, RoleFleet fleet, boolean loads) {
        var from = Objects.requireNonNull(reader, "nothing to read from");
        if (reads.busy()) {
            return;
        }
        pools.look(fleet);
        double at = now.toEpochMilli() / 1e3;
        reads.begin(now, () -> read(from, at, loads));
    }

    /// A fault of ours must end a read too: one that ended with nothing would be begun again and
    /// again, while what was read before it stands.
    private static Found read(Reader from, double at, boolean loads) {
        try {
            return new Found(
                    ControlLoop.observe(from.telemetry(), at),
                    from.engine(),
                    loads ? from.loads() : Map.of(),
                    from.silent());
        } catch (RuntimeException e) {
            LOG.error("The metrics cannot be read.", e);
            return Found.unknown(at, "telemetry failed: " + Fault.of(e));
        }
    }

    /// What a read that has ended found, once.
    Optional<Found> found() {
        return reads.take();
    }

    /// That nothing is known, where a read takes longer than it may.
    Optional<Found> overdue(Instant now, Duration deadline) {
        if (!reads.busy() || reads.since(now).compareTo(deadline) < 0) {
            return Optional.empty();
        }
        reads.interrupt();
        String why =
                "the source of metrics has not answered for %d s"
                        .formatted(reads.since(now).toSeconds());
        return Optional.of(Found.unknown(now.toEpochMilli() / 1e3, why));
    }

    void end() {
        reads.interrupt();
    }
}
