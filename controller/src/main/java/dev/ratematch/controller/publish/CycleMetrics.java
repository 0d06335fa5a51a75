package dev.ratematch.controller.publish;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.publish.CycleSamples.Sample;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.Spent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The cycles of every RateMatcher as metrics, whoever the host is. Safe for threads.
///
/// A gauge is there while its figure is known: it appears with it and goes with it, and all of them
/// go with their RateMatcher. So the number of series is bounded by what is managed now, not by
/// what has been.
public final class CycleMetrics implements AutoCloseable {

    /// Cycles by how they ended: hold, resize; refused where the spec or the target did not allow
    /// one; failed where an error ended it.
    public static final String CYCLES = CycleMetric.PREFIX + "cycles";

    /// Wall time of a cycle.
    public static final String DURATION = CycleMetric.PREFIX + "cycle.duration";

    /// Most series of one RateMatcher, those of `ratematch_desired_replicas` and its kin excluded.
    public static final int SERIES_MAX = 71;

    private static final String REFUSED = "refused";
    private static final String FAILED = "failed";

    private final MeterRegistry registry;
    private final Map<Key, Shown> shown = new ConcurrentHashMap<>();

    private record Key(String namespace, String name) {}

    /// A registry's view of what is concluded from now on.
    public CycleMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /// A running cycle, to be handed back when it ends.
    public Timer.Sample begin() {
        return Timer.start(registry);
    }

    /// Shows what a cycle concluded.
    ///
    /// @param record how promises have come out
    /// @param began from `begin`
    public void conclude(
            String namespace, String name, Cycle cycle, TrackRecord record, Timer.Sample began) {
        var one = shown(namespace, name);
        one.show(CycleSamples.of(cycle, record));
        one.count(cycle.decision().label());
        began.stop(one.duration());
    }

    /// Shows that no cycle was possible: what was known is known no more, but for when that was.
    public void refused(String namespace, String name) {
        var one = shown(namespace, name);
        one.show(CycleSamples.refused());
        one.count(REFUSED);
    }

    /// Shows that a cycle ended with an error.
    public void failed(String namespace, String name) {
        var one = shown(namespace, name);
        one.show(CycleSamples.refused());
        one.count(FAILED);
    }

    /// Counts a switch of an instance's role that has ended, and what each of its phases took.
    public void switched(String namespace, String name, Result result, Spent spent) {
        shown(namespace, name).switches().ended(result, spent);
    }

    /// Shows how long an instance has been out of both roles, seconds.
    ///
    /// @param out the longest; 0 where none is
    /// @param allowance how long a switch may keep one out before it is led back
    public void away(String namespace, String name, double out, double allowance) {
        shown(namespace, name).switches().away(out, allowance);
    }

    /// Takes every series of a RateMatcher away.
    public void remove(String namespace, String name) {
        var gone = shown.remove(new Key(namespace, name));
        if (gone != null) {
            gone.clear();
        }
    }

    /// Takes everything away.
    @Override
    public void close() {
        shown.keySet().forEach(key -> remove(key.namespace(), key.name()));
    }

    private Shown shown(String namespace, String name) {
        return shown.computeIfAbsent(
                new Key(namespace, name),
                _ -> new Shown(Tags.of("namespace", namespace, "ratematcher", name)));
    }

    private record SeriesKey(CycleMetric metric, List<String> labels) {}

    /// Stays when cycles fail: its age is how long nothing has been decided.
    private static final SeriesKey LAST = new SeriesKey(CycleMetric.LAST_CYCLE, List.of());

    /// A figure that a scrape reads while the next cycle replaces it.
    private static final class Cell {
        private volatile double value;

        double value() {
            return value;
        }
    }

    private record Series(Meter meter, Cell cell) {}

    /// What is shown of one RateMatcher.
    private final class Shown {

        private final Tags tags;
        private final Map<SeriesKey, Series> series = new HashMap<>();
        private final Map<String, Counter> counters = new HashMap<>();
        private final Timer duration;
        private final SwitchMetrics switches;

        Shown(Tags tags) {
            this.tags = tags;
            this.switches = new SwitchMetrics(registry, tags);
            this.duration =
                    Timer.builder(DURATION)
                            .description(
                                    "Duration of a cycle; for `recommend`, including "
                                            + "the time to read metrics.")
                            .tags(tags)
                            .register(registry);
        }

        SwitchMetrics switches() {
            return switches;
        }

        Timer duration() {
            return duration;
        }

        synchronized void show(List<Sample> samples) {
            var kept = new HashSet<>(Set.of(LAST));
            for (var sample : samples) {
                var key = new SeriesKey(sample.metric(), sample.labels());
                kept.add(key);
                series.computeIfAbsent(key, this::register).cell().value = sample.value();
            }
            series.entrySet()
                    .removeIf(
                            entry -> {
                                boolean gone = !kept.contains(entry.getKey());
                                if (gone) {
                                    registry.remove(entry.getValue().meter());
                                }
                                return gone;
                            });
        }

        private Series register(SeriesKey key) {
            var all = tags;
            for (int i = 0; i < key.labels().size(); i++) {
                all = all.and(key.metric().tags().get(i), key.labels().get(i));
            }
            var cell = new Cell();
            var meter =
                    Gauge.builder(key.metric().meter(), cell, Cell::value)
                            .description(key.metric().help())
                            .tags(all)
                            .strongReference(true)
                            .register(registry);
            return new Series(meter, cell);
        }

        synchronized void count(String outcome) {
            counters.computeIfAbsent(
                            outcome,
                            name ->
                                    Counter.builder(CYCLES)
                                            .description("Cycles by result.")
                                            .tags(tags.and("outcome", name))
                                            .register(registry))
                    .increment();
        }

        synchronized void clear() {
            var all = new ArrayList<Meter>(counters.values());
            series.values().forEach(one -> all.add(one.meter()));
            all.add(duration);
            all.forEach(registry::remove);
            switches.clear();
        }
    }
}
