package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.k8s.api.RateMatcherSpec.TelemetrySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a session remembers between two runs, beside the controller's own state. Immutable.
///
/// @param active the service that is decided for; null before the first
/// @param engine that the pods were found to run; null while none is known
/// @param engineSeen whether this process has found it itself
/// @param mostHeldGpus most GPUs that the pools have been seen to hold
/// @param nextCycle when the next decision is due
/// @param acted whether mode was Auto in the last run, so that pods may be draining for us
/// @param replicas that each target counted when the last run ended
/// @param foreign counts that somebody else set, by pool
/// @param seen the last snapshot; null before the first
record SessionState(
        @Nullable Active active,
        @Nullable String engine,
        boolean engineSeen,
        int mostHeldGpus,
        Instant nextCycle,
        boolean acted,
        Map<Role, Integer> replicas,
        Map<Role, Foreign> foreign,
        @Nullable Snapshot seen) {

    /// Nothing seen yet.
    static final SessionState INITIAL =
            new SessionState(null, null, false, 0, Instant.EPOCH, false, Map.of(), Map.of(), null);

    SessionState {
        replicas = Map.copyOf(replicas);
        foreign = Map.copyOf(foreign);
    }

    /// A service, what it was asked for by, and which replicas are its own.
    record Active(
            ServiceRequest request,
            @Nullable TelemetrySpec telemetry,
            Service service,
            Counted counted) {}

    /// A count that somebody else set.
    record Foreign(String writer, int replicas, Instant at) {}

    /// With the counts of a look: one that changed since the last run, and that we did not write,
    /// is foreign. What has been respected for long enough is forgotten.
    SessionState noticing(SessionLook look, Duration hold) {
        Map<Role, Integer> counts = new EnumMap<>(Role.class);
        Map<Role, Foreign> others = new EnumMap<>(Role.class);
        for (var role : Role.values()) {
            var pool = look.of(role);
            counts.put(role, pool.replicas());
            var other = foreign.get(role);
            if (other != null && look.at().isBefore(other.at().plus(hold))) {
                others.put(role, other);
            }
            var last = replicas.get(role);
            if (last != null && last != pool.replicas()) {
                writer(pool)
                        .ifPresent(
                                writer ->
                                        others.put(
                                                role,
                                                new Foreign(writer, pool.replicas(), look.at())));
            }
        }
        return new SessionState(
                active, engine, engineSeen, mostHeldGpus, nextCycle, acted, counts, others, seen);
    }

    /// Who set a count that we did not write. Where the field is ours all the same, it was another
    /// process of our name, such as a second installation over the same namespace; unless it is the
    /// count of a write of ours whose answer was lost.
    private static Optional<String> writer(SessionLook.Pool pool) {
        var target = pool.side().target();
        boolean named = target.writtenByUs() && !pool.asked();
        return named ? Optional.of("another Ratematch operator") : target.foreignWriter();
    }

    /// With the engine that an earlier process found, so that the service is that one's from the
    /// first look on: an open move belongs to it.
    SessionState remembering(@Nullable String found) {
        return new SessionState(
                active, found, engineSeen, mostHeldGpus, nextCycle, acted, replicas, foreign, seen);
    }

    /// With the counts of somebody else that an earlier process respected, as far as their time has
    /// not come.
    SessionState respecting(Map<Role, Foreign> earlier, Instant at) {
        Map<Role, Foreign> all = new EnumMap<>(Role.class);
        earlier.forEach(
                (role, other) -> {
                    if (at.isBefore(other.at().plus(Guards.CONFLICT_HOLD))) {
                        all.put(role, other);
                    }
                });
        all.putAll(foreign);
        return new SessionState(
                active, engine, engineSeen, mostHeldGpus, nextCycle, acted, replicas, all, seen);
    }

    /// With the most GPUs held: a donor that has left, on our own advice, must not take the
    /// receiver's room along.
    SessionState holding(int gpus) {
        return new SessionState(
                active,
                engine,
                engineSeen,
                Math.max(mostHeldGpus, gpus),
                nextCycle,
                acted,
                replicas,
                foreign,
                seen);
    }

    /// With the service that is decided for from now on.
    SessionState serving(Active next) {
        return new SessionState(
                next, engine, engineSeen, mostHeldGpus, nextCycle, acted, replicas, foreign, seen);
    }

    /// At the end of a run's reasoning.
    SessionState concluding(boolean auto, Instant due) {
        return new SessionState(
                active, engine, engineSeen, mostHeldGpus, due, auto, replicas, foreign, seen);
    }

    /// Hands off: nothing drains for us, and a count that changes meanwhile is nobody's affair.
    /// What the targets counted is forgotten, by which the next run knows that it takes over anew.
    SessionState handsOff() {
        return new SessionState(
                active,
                engine,
                engineSeen,
                mostHeldGpus,
                nextCycle,
                false,
                Map.of(),
                Map.of(),
                seen);
    }

    /// Whether the last run kept its hands off a fleet that an earlier one had.
    boolean keptOff() {
        return active != null && replicas.isEmpty();
    }

    /// With what a cycle saw. The first engine that is found stays.
    SessionState saw(Snapshot snapshot, @Nullable String found) {
        boolean first = !engineSeen && found != null;
        return new SessionState(
                active,
                first ? found : engine,
                engineSeen || first,
                mostHeldGpus,
                nextCycle,
                acted,
                replicas,
                foreign,
                snapshot);
    }

    /// With the counts as a run left them: what we wrote in it is not foreign in the next.
    SessionState left(int prefill, int decode) {
        return new SessionState(
                active,
                engine,
                engineSeen,
                mostHeldGpus,
                nextCycle,
                acted,
                Map.of(Role.PREFILL, prefill, Role.DECODE, decode),
                foreign,
                seen);
    }
}
