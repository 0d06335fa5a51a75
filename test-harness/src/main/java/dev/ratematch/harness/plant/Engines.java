package dev.ratematch.harness.plant;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.sim.Noise;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Every engine that there ever was. Some of those that begin are slow, by chance.
final class Engines {

    private final EngineContext context;
    private final Noise noise;
    private final Function<EngineId, EngineObserver> observers;
    private final Map<Role, List<Replica>> ever = new EnumMap<>(Role.class);

    Engines(EngineContext context, Noise noise, Function<EngineId, EngineObserver> observers) {
        this.context = context;
        this.noise = noise;
        this.observers = observers;
    }

    /// Begins another one.
    Replica begin(Role role) {
        var settings = context.settings();
        boolean slow = noise.uniform() < settings.stragglerShare();
        double slowness = slow ? settings.stragglerFactor() : 1;
        var shape = role == Role.PREFILL ? settings.prefill() : settings.decode();
        var siblings = ever.computeIfAbsent(role, _ -> new ArrayList<>());
        var id = new EngineId(role, siblings.size(), shape.kvTokens());
        var told = observers.apply(id);
        var engine =
                role == Role.PREFILL
                        ? new PrefillReplica(context, noise.split(), slowness, id, told)
                        : new DecodeReplica(context, noise.split(), slowness, id, told);
        siblings.add(engine);
        return engine;
    }

    /// Prefill iterations and decode steps made so far.
    long iterations() {
        long sum = 0;
        for (var engines : ever.values()) {
            for (var engine : engines) {
                sum += engine.iterations();
            }
        }
        return sum;
    }
}
