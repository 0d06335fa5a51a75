package dev.ratematch.controller.publish;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.publish.Change.Published;
import dev.ratematch.controller.publish.Change.Removed;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The recommendations as metrics, for whoever scales by metrics.
///
/// A series appears with the first recommendation and goes with its RateMatcher. In between it
/// always has a value: on unknown telemetry the last good one, with its age beside it.
public final class RecommendationMetrics implements AutoCloseable {

    /// Replicas to set now, by role.
    public static final String DESIRED = "ratematch.desired.replicas";

    /// Replicas where the way ends, by role.
    public static final String DESIRED_END = "ratematch.desired.replicas.end";

    /// Time since the counts were last found right.
    public static final String AGE = "ratematch.recommendation.age";

    /// 1 where the last cycle could tell, 0 where the counts are those of an earlier one.
    public static final String FRESH = "ratematch.recommendation.fresh";

    private record Key(String namespace, String name) {}

    private final Recommendations store;
    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Map<Key, List<Meter>> meters = new HashMap<>();
    private final Recommendations.Listening listening;

    private RecommendationMetrics(
            Recommendations store, MeterRegistry registry, InstantSource clock) {
        this.store = store;
        this.registry = registry;
        this.clock = clock;
        this.listening = store.listen(this::changed);
    }

    /// Shows a store in a registry until closed.
    public static RecommendationMetrics bind(
            Recommendations store, MeterRegistry registry, InstantSource clock) {
        return new RecommendationMetrics(store, registry, clock);
    }

    @Override
    public void close() {
        listening.close();
        meters.values().forEach(this::remove);
        meters.clear();
    }

    private void changed(Change change) {
        var key = new Key(change.namespace(), change.name());
        switch (change) {
            case Published _ -> meters.computeIfAbsent(key, this::register);
            case Removed _ -> {
                var gone = meters.remove(key);
                if (gone != null) {
                    remove(gone);
                }
            }
        }
    }

    private void remove(List<Meter> gone) {
        gone.forEach(registry::remove);
    }

    private List<Meter> register(Key key) {
        var tags = Tags.of("namespace", key.namespace(), "ratematcher", key.name());
        var made = new ArrayList<Meter>();
        for (var role : Role.values()) {
            var both = tags.and("role", role.label());
            made.add(
                    gauge(key, DESIRED, r -> r.now(role))
                            .description(
                                    "Replicas to set now; the GPU budget is kept at each step.")
                            .tags(both)
                            .register(registry));
            made.add(
                    gauge(key, DESIRED_END, r -> r.end(role))
                            .description("Replicas at the end of the recommended change.")
                            .tags(both)
                            .register(registry));
        }
        made.add(
                gauge(key, AGE, this::ageSeconds)
                        .description("Time since the desired replicas were last confirmed.")
                        .baseUnit("seconds")
                        .tags(tags)
                        .register(registry));
        made.add(
                gauge(key, FRESH, r -> r.fresh() ? 1 : 0)
                        .description("1 if the last cycle gave a recommendation, else 0.")
                        .tags(tags)
                        .register(registry));
        return made;
    }

    private Gauge.Builder<?> gauge(Key key, String name, ToDoubleFunction<Recommended> value) {
        return Gauge.builder(
                name,
                () ->
                        store.find(key.namespace(), key.name()).stream()
                                .mapToDouble(value)
                                .findFirst()
                                .orElse(Double.NaN));
    }

    private double ageSeconds(Recommended recommended) {
        var age = Duration.between(recommended.at(), clock.instant());
        return Math.max(0, age.toMillis() / 1000.0);
    }
}
