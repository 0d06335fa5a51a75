package dev.ratematch.cli.live;

import dev.ratematch.cli.ServiceOptions;
import dev.ratematch.controller.host.LiveSource;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.service.Service;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What nobody gave of a service, taken from what its pods tell. Each guess is a note in the
/// answer.
final class Guesses {

    private final SourceOptions source;
    private final ServiceOptions service;
    private final List<String> notes = new ArrayList<>();
    private final Set<Role> unsized = EnumSet.noneOf(Role.class);

    Guesses(SourceOptions source, ServiceOptions service) {
        this.source = source;
        this.service = service;
    }

    /// Looks once, where something is missing; what remains missing is said by whoever needs it.
    void look(double nowSeconds) {
        for (var role : Role.values()) {
            if (service.unsized(role)) {
                unsized.add(role);
            }
        }
        if ((!service.unnamed() && unsized.isEmpty()) || !readable()) {
            return;
        }
        try (var live = new LiveSource(source.place(), Vertx.vertx(), new SimpleMeterRegistry())) {
            take(live.served(nowSeconds));
        }
    }

    private boolean readable() {
        try {
            source.check();
            return !source.unselected();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private void take(LiveSource.Served served) {
        if (service.unnamed()) {
            served.model()
                    .ifPresent(
                            model -> {
                                service.assume(model);
                                notes.add(
                                        "--model is not given; using %s, from the pods' labels"
                                                .formatted(model));
                            });
        }
        served.gpus()
                .forEach(
                        (role, found) -> {
                            if (unsized.remove(role)) {
                                service.assume(role, found.gpus());
                                notes.add(
                                        "--%s-gpus is not given; using %d, from %s"
                                                .formatted(role.label(), found.gpus(), found.by()));
                            }
                        });
    }

    /// One sentence a guess.
    ///
    /// @param asked what became of them
    List<String> of(Service asked) {
        var all = new ArrayList<>(notes);
        if (asked.request().precision() == null) {
            all.add(
                    "--precision is not given; using %s, from %s"
                            .formatted(asked.precision(), asked.precisionSource()));
        }
        for (var role : unsized) {
            String parallel =
                    role == Role.PREFILL ? asked.prefillParallel() : asked.decodeParallel();
            all.add(
                    "--%s-parallel is not given; using %s, the smallest that fits"
                            .formatted(role.label(), parallel));
        }
        return all;
    }
}
