package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.publish.CycleBoard;
import dev.ratematch.controller.roleswitch.Event;
import dev.ratematch.controller.roleswitch.Held;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Phase;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.SwitchPolicy;
import dev.ratematch.controller.roleswitch.Switchboard;
import dev.ratematch.controller.roleswitch.Transaction;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.Mode;
import dev.ratematch.k8s.api.WorkersSpec;
import dev.ratematch.k8s.api.WorkersSpec.SwitchSpec;
import dev.ratematch.k8s.fleet.PodWrites;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetView;
import dev.ratematch.k8s.fleet.WorkersFleet;
import dev.ratematch.k8s.operator.SessionStep.Go;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The switches of one RateMatcher: what the switchboard orders, carried out.
///
/// Where every switch stands is kept in the cluster before an order of it is carried out, so that
/// whoever starts next repeats the order. It never waits for an engine: a call is begun, and its
/// end calls for another run. Called by one thread at a time.
final class Switches {

    /// How soon an API key is read again.
    private static final Duration KEY_EVERY = Duration.ofSeconds(30);

    private final ClusterView cluster;
    private final Notes notes;
    private final CycleBoard cycles;
    private final Chronicle chronicle;
    private final WorkersFleet fleet;
    private final PodWrites pods;
    private final SwitchCalls calls;
    private final Map<String, SwitchView.Wrong> wrong = new LinkedHashMap<>();
    private KeptSwitches kept = KeptSwitches.NONE;

    /// What the cluster has of them.
    private KeptSwitches written = KeptSwitches.NONE;

    private @Nullable Held held;
    private @Nullable Engines engines;
    private boolean opened;

    /// The engines of a spec.
    private record Engines(SwitchSpec spec, SwitchPort port, Instant until) {}

    Switches(
            ClusterView cluster,
            Notes notes,
            CycleBoard cycles,
            Chronicle chronicle,
            Reads.Background background,
            WorkersFleet fleet,
            PodWrites pods) {
        this.cluster = cluster;
        this.notes = notes;
        this.cycles = cycles;
        this.chronicle = chronicle;
        this.fleet = fleet;
        this.pods = pods;
        this.calls = new SwitchCalls(background);
    }

    /// Goes on with the workers as they are looked at now.
    void look(RateMatcher matcher, RateMatcherSpec spec, WorkersSpec workers, TargetView target) {
        if (!opened) {
            kept = KeptSwitches.read(notes.switches(matcher).orElse(null));
            written = kept;
            opened = true;
        }
        fleet.remembering(spec.mode() == Mode.AUTO ? kept.split() : null);
        Map<String, Role> heading = new HashMap<>();
        for (var open : kept.board().open()) {
            boolean back = open.phase() == Phase.RESTORING;
            heading.put(open.instance(), back ? open.from() : open.to());
        }
        fleet.looked(heading, WorkersFleet.fresh(workers, target));
    }

    /// What is shown of them.
    SwitchView view() {
        return new SwitchView(
                kept.board().open(), held, calls.trouble(), new LinkedHashMap<>(wrong));
    }

    /// What a status tells; null where each role has a target of its own.
    @Nullable SharedTarget shared(SessionLook look) {
        var workers = look.spec().workers();
        if (workers == null) {
            return null;
        }
        Map<Role, List<SwitchText.Candidate>> candidates = new EnumMap<>(Role.class);
        for (var role : Role.values()) {
            candidates.put(
                    role,
                    fleet.pool(role).replicas().stream()
                            .filter(replica -> replica.state() == Replica.State.READY)
                            .map(
                                    replica ->
                                            new SwitchText.Candidate(
                                                    replica.name(),
                                                    look.matcher().getMetadata().getNamespace(),
                                                    SwitchLook.engine(
                                                            replica, workers, look.spec()),
                                                    replica.pods().stream()
                                                            .map(p -> p.getMetadata().getName())
                                                            .toList()))
                            .toList()
                            .reversed());
        }
        return new SharedTarget(workers, view(), candidates);
    }

    /// Whoever is out of both roles and was not told to switch has been put back: that is
    /// forgotten.
    void forget() {
        var board = kept.board();
        var told =
                board.open().stream()
                        .filter(t -> t.phase() != Phase.ASKING && t.phase() != Phase.DRAINING)
                        .toList();
        kept =
                new KeptSwitches(
                        kept.split(),
                        new Switchboard(
                                board.begun(), told, board.cooling(), List.of(), board.tallies()));
    }

    /// Carries out what was commanded: the total by the target's count, the roles by switching.
    /// Where nothing is to be carried out any more, it leads back what is under way.
    ///
    /// @return whether one is under way
    boolean run(Go go, SessionLook look, Loads loads) {
        var workers = Objects.requireNonNull(look.spec().workers(), "one target");
        var of = look.matcher().getMetadata();
        cycles.away(
                of.getNamespace(),
                of.getName(),
                longestOut(look.at()).toMillis() / 1e3,
                policy(workers, go, true).longestOutSeconds());
        boolean acts = go.acts();
        boolean idle = !acts && kept.board().open().isEmpty();
        if (look.paused() || idle) {
            held = null;
            return false;
        }
        var port = port(look, workers);
        var seen = new SwitchLook(workers, look.at(), calls, go.interval());
        var instances = seen.instances(fleet, loads);
        var commanded = fleet.pending();
        var desired = !acts ? home() : commanded == null ? fleet.desired() : commanded;
        boolean begins = acts && go.interlock() == null;
        var turn =
                kept.board()
                        .step(
                                policy(workers, go, begins),
                                desired,
                                instances,
                                look.at().toEpochMilli() / 1e3);
        var split = commanded == null ? fleet.commanded() : commanded;
        keep(look.matcher(), new KeptSwitches(acts ? split : null, turn.next()));
        held = turn.held();
        tell(look.matcher(), turn.events());
        if (acts) {
            fleet.resize();
        }
        turn.orders().forEach(order -> carryOut(order, workers, port, look));
        lookAtEngines(look, go, workers, port);
        return !turn.next().open().isEmpty();
    }

    /// The counts that what is under way is wanted back for, as far as it can be called off.
    private Sizes home() {
        var counts = fleet.desired();
        for (var open : kept.board().open()) {
            if (open.phase() == Phase.DRAINING) {
                counts = counts.plus(open.to(), -1).plus(open.from(), 1);
            }
        }
        return new Sizes(Math.max(0, counts.prefill()), Math.max(0, counts.decode()));
    }

    private static SwitchPolicy policy(WorkersSpec workers, Go go, boolean begins) {
        var of = workers.switching();
        int atOnce = Objects.requireNonNullElse(of.maxConcurrentSwitches(), 1);
        return new SwitchPolicy(
                SwitchLook.protocol(of.protocol()),
                Durations.parse(
                                        "spec.workers.switch.drainTimeout",
                                        of.drainTimeout(),
                                        SwitchLook.DRAIN_TIMEOUT)
                                .toMillis()
                        / 1e3,
                Durations.parse("spec.workers.switch.timeout", of.timeout(), SwitchLook.TIMEOUT)
                                .toMillis()
                        / 1e3,
                begins ? atOnce : 0,
                go.service().spec().prefill().minReplicas(),
                go.service().spec().decode().minReplicas());
    }

    /// Before anything of it is carried out.
    private void keep(RateMatcher matcher, KeptSwitches next) {
        if (!next.resumesLike(written)) {
            notes.keepSwitches(matcher, next.text());
            written = next;
        }
        kept = next;
    }

    private void tell(RateMatcher matcher, List<Event> events) {
        for (var event : events) {
            var said = SwitchText.of(event);
            chronicle.say(matcher, said.warning(), said.reason(), said.text());
            remember(event);
            if (event instanceof Event.Ended(Transaction ended, Result result, _)) {
                var of = matcher.getMetadata();
                cycles.switched(of.getNamespace(), of.getName(), result, ended.spent());
            }
        }
    }

    /// What an engine did not do stands until one did: of the way back, why it was taken.
    private void remember(Event event) {
        switch (event) {
            case Event.GivenUp(Transaction open, Result result, String text)
                    when SwitchView.Wrong.ENGINES.contains(result) ->
                    latest(open.instance(), new SwitchView.Wrong(result, text));
            case Event.Ended(_, Result result, _) when result == Result.SWITCHED -> wrong.clear();
            case Event.Ended(Transaction ended, Result result, String text)
                    when SwitchView.Wrong.ENGINES.contains(result) -> {
                var given = wrong.get(ended.instance());
                boolean known = given != null && given.result() == result;
                if (!known) {
                    latest(ended.instance(), new SwitchView.Wrong(result, text));
                }
            }
            default -> {}
        }
    }

    private void latest(String instance, SwitchView.Wrong next) {
        wrong.remove(instance);
        wrong.put(instance, next);
    }

    /// The engines, by a key that is read again once in a while, since it may be another by then.
    private SwitchPort port(SessionLook look, WorkersSpec workers) {
        var of = workers.switching();
        var secret = of.secretRef();
        var last = engines;
        boolean fresh = last != null && last.spec().equals(of) && look.at().isBefore(last.until());
        if (last != null && fresh) {
            return last.port();
        }
        String namespace = look.matcher().getMetadata().getNamespace();
        String key = secret == null ? null : cluster.secret(namespace, secret.name(), secret.key());
        var port = cluster.switching(of, key);
        engines = new Engines(of, port, look.at().plus(KEY_EVERY));
        return port;
    }

    private void carryOut(Order order, WorkersSpec workers, SwitchPort port, SessionLook look) {
        var found =
                fleet.replicas().stream()
                        .filter(r -> r.name().equals(order.instance()))
                        .findFirst();
        if (found.isEmpty()) {
            return;
        }
        var replica = found.get();
        var label =
                new Routing.RoleLabel(workers.roleLabel().name(), workers.roleLabel().neither());
        String engine = SwitchLook.engine(replica, workers, look.spec());
        switch (order) {
            case Order.Ask ask -> calls.send(ask, ask.serial(), () -> port.ask(engine, ask));
            case Order.Switch tell -> {
                String value = workers.roleLabel().value(tell.to());
                fleet.write(replica, pod -> pods.bound(pod, value));
                calls.send(tell, tell.serial(), () -> port.tell(engine, tell));
            }
            case Order.Unroute _ ->
                    fleet.write(replica, pod -> pods.unroute(pod, label, look.at()));
            case Order.Route(_, Role role) -> {
                String value = workers.roleLabel().value(role);
                fleet.write(replica, pod -> pods.route(pod, label, value));
            }
            case Order.Delete _ -> replica.pods().forEach(pods::delete);
        }
    }

    /// Asks for the roles that engines have; of those that switch whenever they are looked after.
    private void lookAtEngines(SessionLook look, Go go, WorkersSpec workers, SwitchPort port) {
        var instances = new TreeMap<String, Replica>();
        fleet.replicas().forEach(replica -> instances.put(replica.name(), replica));
        calls.keep(instances.keySet());
        wrong.keySet().retainAll(instances.keySet());
        if (!SwitchLook.protocol(workers.switching().protocol()).asksEngine()) {
            return;
        }
        for (var replica : instances.values()) {
            if (SwitchLook.ready(replica) && !SwitchLook.leaving(replica)) {
                boolean open = kept.board().of(replica.name()).isPresent();
                String engine = SwitchLook.engine(replica, workers, look.spec());
                calls.look(
                        replica.name(),
                        SwitchLook.incarnation(replica),
                        look.at(),
                        open ? SessionStep.DRAIN_POLL : go.interval(),
                        () -> port.live(engine));
            }
        }
    }

    /// The longest that one has been out of both roles.
    private Duration longestOut(Instant now) {
        return fleet.replicas().stream()
                .filter(replica -> replica.state() == Replica.State.SWITCHING)
                .map(replica -> Duration.between(SwitchLook.since(replica, now), now))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
