package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.k8s.fleet.KubernetesFleet.Pool;
import dev.ratematch.k8s.fleet.PodLoad;
import dev.ratematch.k8s.fleet.PodWriter;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.fleet.RoleFleet;
import dev.ratematch.k8s.telemetry.PodLoads;
import dev.ratematch.k8s.telemetry.PodTargets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What single pods have to do, as last heard: of all of them with the metrics, of those that drain
/// whenever they are looked after. Used by one thread at a time.
final class Loads {

    private final Reads<Heard> drains;
    private final Map<Role, Map<String, PodLoad>> usual = new EnumMap<>(Role.class);
    private Heard last = new Heard(Instant.EPOCH, Map.of());

    /// Answers to one question.
    ///
    /// @param asked when
    record Heard(Instant asked, Map<Role, Map<String, PodLoad>> loads) {}

    Loads(Reads.Background background) {
        drains = new Reads<>(background);
    }

    /// Takes what came with the metrics.
    void metrics(Map<Role, Map<String, PodLoad>> loads) {
        usual.clear();
        usual.putAll(loads);
    }

    /// Asks the pods that drain, unless that is under way or was done a moment ago. Returns whether
    /// there are any.
    boolean ask(SessionLook look, RoleFleet fleet, Fetcher fetcher) {
        Map<Role, List<Target>> targets = new EnumMap<>(Role.class);
        var telemetry = look.spec().telemetry();
        for (var role : Role.values()) {
            var draining = fleet.pool(role).replicas().stream().filter(Loads::out).toList();
            if (!draining.isEmpty()) {
                targets.put(
                        role,
                        PodTargets.of(
                                Sources.source(role),
                                draining,
                                telemetry == null ? null : telemetry.scrape()));
            }
        }
        boolean due = drains.since(look.at()).compareTo(SessionStep.DRAIN_POLL) >= 0;
        if (due && !targets.isEmpty()) {
            var catalogue = Sources.catalogue(look.spec());
            drains.begin(
                    look.at(), () -> new Heard(look.at(), answers(targets, fetcher, catalogue)));
        }
        return !targets.isEmpty();
    }

    private static Map<Role, Map<String, PodLoad>> answers(
            Map<Role, List<Target>> targets, Fetcher fetcher, Catalogue catalogue) {
        Map<Role, Map<String, PodLoad>> heard = new EnumMap<>(Role.class);
        targets.forEach((role, of) -> heard.put(role, PodLoads.of(fetcher, role, of, catalogue)));
        return heard;
    }

    /// By pod. One that drains is told of only if it was asked since: before, it may have got
    /// another request.
    Map<String, PodLoad> of(Pool pool) {
        drains.take().ifPresent(heard -> last = heard);
        var all = new HashMap<>(usual.getOrDefault(pool.role(), Map.of()));
        for (var replica : pool.replicas()) {
            if (out(replica)) {
                all.remove(replica.name());
                heard(pool.role(), replica).ifPresent(load -> all.put(replica.name(), load));
            }
        }
        return all;
    }

    /// Whether it gets nothing new, so that it is worth asking when it is empty.
    private static boolean out(Replica replica) {
        return replica.state() == Replica.State.DRAINING
                || replica.state() == Replica.State.SWITCHING;
    }

    /// When those that get nothing new were asked last.
    Instant asked() {
        return last.asked();
    }

    private Optional<PodLoad> heard(Role role, Replica replica) {
        return last.asked().isBefore(PodWriter.outSince(replica))
                ? Optional.empty()
                : Optional.ofNullable(
                        last.loads().getOrDefault(role, Map.of()).get(replica.name()));
    }

    void end() {
        drains.interrupt();
    }
}
