package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.publish.CycleBoard;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.AskedCounts;
import dev.ratematch.k8s.fleet.ChosenFleet;
import dev.ratematch.k8s.fleet.Marks;
import dev.ratematch.k8s.fleet.Ownership;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetException;
import dev.ratematch.k8s.operator.SessionStep.Go;
import dev.ratematch.k8s.operator.SessionStep.Refused;
import dev.ratematch.k8s.operator.Sources.Readers;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The control loop of one RateMatcher: gathers what `SessionStep` reasons about, and carries out
/// what it says.
///
/// A decision is in the status before the first target is touched, so that whoever starts next
/// finds the open move. It never waits for a source of metrics: a read is begun, and its end calls
/// for another run. What the cluster tells is decided on at once, by the metrics that were read
/// last. Called by one thread at a time.
final class Session {

    /// What a decision rests on beside metrics: once it is another, there is something to decide.
    private record Facts(FleetCounts prefill, FleetCounts decode, List<@Nullable Object> around) {}

    private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(10);

    private final ClusterView cluster;
    private final Readers readers;
    private final Recommendations recommendations;
    private final CycleBoard cycles;
    private final Scribe scribe;
    private final DrainHold hold;
    private final AskedCounts targets;
    private final ChosenFleet fleet;
    private final Switches switches;
    private final Surroundings surroundings;
    private final Chronicle chronicle;
    private final Metrics metrics;
    private final Loads loads;
    private @Nullable Facts decidedOn;
    private SessionState memory = SessionState.INITIAL;

    /// Pods that did not answer when the metrics were read last.
    private Set<String> silent = Set.of();

    private @Nullable ControlLoop loop;
    private List<@Nullable String> saidOfOthers = List.of();
    private volatile Predicate<@Nullable Map<String, String>> interesting = labels -> false;

    Session(
            ClusterView cluster,
            Notes notes,
            Readers readers,
            Recommendations recommendations,
            CycleBoard cycles,
            Reads.Background background,
            RateMatcher matcher) {
        this.cluster = cluster;
        this.readers = readers;
        this.recommendations = recommendations;
        this.cycles = cycles;
        this.metrics = new Metrics(background);
        this.loads = new Loads(background);
        this.surroundings = new Surroundings(cluster);
        this.chronicle = new Chronicle(notes);
        this.scribe = new Scribe(chronicle, recommendations, cycles, notes.journals());
        this.targets = new AskedCounts(cluster.targets());
        this.hold = new DrainHold(cluster.podWrites(Marks.owner(matcher)), cluster);
        this.fleet =
                new ChosenFleet(targets, hold, matcher.getMetadata().getNamespace(), loads::of);
        this.switches =
                new Switches(cluster, notes, cycles, chronicle, background, fleet.workers(), hold);
    }

    /// Whether a pod with these labels belongs to one of the pools.
    boolean concerns(@Nullable Map<String, String> labels) {
        return interesting.test(labels);
    }

    /// Whether it has looked, and a pod with these labels belongs to neither of its pools.
    boolean disowns(@Nullable Map<String, String> labels) {
        return memory.active() != null && !interesting.test(labels);
    }

    /// One call of the reconciler. Returns when to call again.
    Duration run(RateMatcher matcher, Instant now) {
        hold.open(matcher);
        try {
            chronicle.open(matcher);
            return turn(matcher, now);
        } catch (RefusedException e) {
            giveBack();
            return refuse(matcher, e.refusal(), now);
        } catch (TargetException e) {
            String reason = e.raced() ? "LostRace" : "TargetUnreadable";
            return refuse(matcher, new Refusal(reason, e.getMessage() + "."), now);
        }
    }

    /// Gives back what is being drained: nobody will go on with it.
    void abandon() {
        metrics.end();
        loads.end();
        giveBack();
    }

    private void giveBack() {
        fleet.recallAll();
        switches.forget();
    }

    private Duration refuse(RateMatcher matcher, Refusal refusal, Instant now) {
        var of = matcher.getMetadata();
        recommendations.stale(of.getNamespace(), of.getName(), refusal.message());
        cycles.refused(of.getNamespace(), of.getName(), refusal.message());
        chronicle.refused(matcher, refusal, now);
        return SessionStep.INTERVAL;
    }

    private Duration turn(RateMatcher matcher, Instant now) {
        var look = look(matcher, now);
        var stands = loop == null ? null : loop.state();
        var step = SessionStep.of(memory, stands, look);
        if (!Conflict.keepsOff(step)) {
            openGates(look);
        }
        return switch (step) {
            case Refused refused -> {
                memory = refused.next();
                giveBack();
                settle(matcher);
                yield refuse(matcher, refused.refusal(), now);
            }
            case Go go -> carryOut(go, look);
        };
    }

    private SessionLook look(RateMatcher matcher, Instant now) {
        var spec = Resolver.checked(matcher.getSpec());
        var workers = spec.workers();
        var sides =
                workers == null
                        ? Map.of(
                                Role.PREFILL,
                                surroundings.side("prefill", matcher, spec.prefill()),
                                Role.DECODE,
                                surroundings.side("decode", matcher, spec.decode()))
                        : surroundings.sides(matcher, spec, workers);
        var prefill = Objects.requireNonNull(sides.get(Role.PREFILL));
        var decode = Objects.requireNonNull(sides.get(Role.DECODE));
        var pods =
                workers == null
                        ? Map.of(
                                Role.PREFILL, surroundings.owned(matcher, prefill),
                                Role.DECODE, surroundings.owned(matcher, decode))
                        : surroundings.owned(matcher, prefill, workers);
        look(Role.PREFILL, prefill, pods, now);
        look(Role.DECODE, decode, pods, now);
        fleet.choose(workers != null);
        if (workers != null) {
            switches.look(matcher, spec, workers, prefill.target());
        }
        interesting =
                Surroundings.selector(prefill.target().selector())
                        .or(Surroundings.selector(decode.target().selector()));
        return new SessionLook(
                matcher,
                spec,
                found(matcher, Role.PREFILL, prefill),
                found(matcher, Role.DECODE, decode),
                surroundings.accelerator(matcher, spec, fleet),
                surroundings.missing(matcher, spec, now),
                new Neighbours(cluster.rivals(matcher), pods),
                chronicle.stored(),
                now);
    }

    private void look(Role role, Side side, Map<Role, Ownership> pods, Instant now) {
        var drain = side.spec().drain();
        fleet.look(
                role,
                side.spec(),
                side.target(),
                side.routing(),
                Durations.parse(
                        "drain.timeout", drain == null ? null : drain.timeout(), DRAIN_TIMEOUT),
                pods.getOrDefault(role, Ownership.NONE).own(),
                now);
    }

    private SessionLook.Pool found(RateMatcher matcher, Role role, Side side) {
        var counts = fleet.counts(role);
        int present = counts.ready() + counts.starting() + counts.draining();
        // One that changes its role has its GPUs once.
        int holding = fleet.shared() ? present : Math.max(counts.desired(), present);
        return new SessionLook.Pool(
                side,
                replicas(role),
                holding * side.width().gpus(),
                surroundings.autoscaler(matcher, side.spec()),
                targets.asked(side.spec(), replicas(role)));
    }

    private int replicas(Role role) {
        return fleet.pool(role).target().replicas();
    }

    /// What fails before the step is remembered is tried again in the next run.
    private Duration carryOut(Go go, SessionLook look) {
        var decides = resume(go, look);
        if (go.ended() != null) {
            chronicle.say(look.matcher(), true, "MoveEnded", go.ended());
        }
        neighbours(go, look);
        // Whoever does not act does not go on draining either, and pods out of service help nobody.
        if (go.recalls() || !go.acts()) {
            fleet.recallDrains();
        }
        memory = go.next();
        if (go.advances()) {
            fleet.advance();
        }
        cycle(decides, go, look);
        boolean switching = fleet.shared() && switches.run(go, look, loads);
        settle(look.matcher());
        boolean drains = go.advances() && loads.ask(look, fleet, cluster.fetcher());
        memory = memory.left(replicas(Role.PREFILL), replicas(Role.DECODE));
        return go.untilNext(look.at(), drains || switching);
    }

    /// Says once what is to be said of others and of pods that only their labels tell.
    private void neighbours(Go go, SessionLook look) {
        var before = saidOfOthers;
        saidOfOthers =
                Arrays.asList(
                        go.contender(),
                        Belonging.note(look, Role.PREFILL),
                        Belonging.note(look, Role.DECODE));
        for (int i = 0; i < saidOfOthers.size(); i++) {
            String text = saidOfOthers.get(i);
            boolean younger = i == 0;
            if (text != null && !before.contains(text)) {
                chronicle.say(
                        look.matcher(), younger, younger ? Conflict.REASON : "PodsByLabels", text);
            }
        }
    }

    /// A finalizer that cannot be taken away is a nuisance for whoever deletes, no reason to stop.
    private void settle(RateMatcher matcher) {
        try {
            hold.settle(fleet.drains());
        } catch (TargetException e) {
            chronicle.say(matcher, true, "FinalizerUnwritable", e.getMessage() + ".");
        }
    }

    private ControlLoop resume(Go go, SessionLook look) {
        if (!metrics.readable() || go.rereads()) {
            metrics.from(
                    readers.reader(
                            look.matcher(),
                            look.spec(),
                            metrics.pools(),
                            go.service().spec().slo().percentile(),
                            go.interval().toMillis() / 1e3));
        }
        var going = loop;
        if (going == null) {
            var from = Objects.requireNonNull(go.from(), "a loop begins from a state");
            going = ControlLoop.of(go.service(), from, fleet, scribe);
            loop = going;
        } else if (go.from() != null) {
            going.resume(go.service(), go.from());
        }
        return going;
    }

    /// Pods with our readiness gate serve only once somebody opens it.
    private void openGates(SessionLook look) {
        for (var role : Role.values()) {
            if (look.of(role).side().routing() instanceof Routing.Gate) {
                fleet.openGates(role);
            }
        }
    }

    /// What there is to decide on: what a read found, or that it finds nothing in time; else, once
    /// the facts are others, what was read last.
    private @Nullable Snapshot news(Go go, SessionLook look, Facts facts) {
        if (go.due()) {
            metrics.begin(look.at(), fleet, go.acts());
        }
        var found = metrics.found();
        if (found.isEmpty() && go.due()) {
            found = metrics.overdue(look.at(), go.deadline());
        }
        if (found.isEmpty()) {
            return facts.equals(decidedOn) ? null : memory.seen();
        }
        memory = memory.saw(found.get().snapshot(), found.get().engine());
        loads.metrics(found.get().loads());
        silent = found.get().silent();
        return found.get().snapshot();
    }

    private void cycle(ControlLoop decides, Go go, SessionLook look) {
        var troubles = troubles(go, look.at());
        var facts =
                new Facts(
                        fleet.counts(Role.PREFILL),
                        fleet.counts(Role.DECODE),
                        Arrays.<@Nullable Object>asList(
                                look.matcher().getMetadata().getGeneration(),
                                go.ended(),
                                go.acts(),
                                go.refusal(),
                                go.contender(),
                                troubles,
                                switches.view(),
                                go.interlock()));
        var seen = news(go, look, facts);
        if (seen == null) {
            return;
        }
        var began = cycles.begin();
        scribe.expect(
                new Scribe.Occasion(
                        look.matcher(),
                        go.service(),
                        decides.state(),
                        StatusText.resolved(
                                go.service(),
                                look.spec(),
                                go.interval(),
                                look.prefill().side(),
                                look.decode().side()),
                        go.auto(),
                        go.refusal(),
                        memory.foreign(),
                        go.contender(),
                        troubles,
                        switches.shared(look),
                        look.at(),
                        began));
        var conduct = go.acts() ? Conduct.CONTROL : Conduct.ADVICE;
        decides.news(
                seen.later(look.at().toEpochMilli() / 1e3, facts.prefill(), facts.decode()),
                new Orders(conduct, go.interlock()),
                facts.around());
        decidedOn = facts;
    }

    /// The pods that do not serve, as the last look found them.
    private List<Trouble> troubles(Go go, Instant at) {
        var patience = Duration.ofMillis((long) (1e3 * go.service().spec().leadTimeSeconds()));
        var all = new Troubles(cluster::node, silent::contains, patience, at);
        return Arrays.stream(Role.values())
                .flatMap(role -> all.of(role, fleet.pool(role).replicas()).stream())
                .sorted(Comparator.comparing(Trouble::kind))
                .toList();
    }
}
