package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.publish.CycleMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.KubernetesFleet;
import dev.ratematch.k8s.fleet.PodLoad;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetException;
import dev.ratematch.k8s.operator.SessionStep.Go;
import dev.ratematch.k8s.operator.SessionStep.Refused;
import dev.ratematch.k8s.operator.Sources.Reader;
import dev.ratematch.k8s.operator.Sources.Readers;
import dev.ratematch.k8s.telemetry.PodLoads;
import dev.ratematch.k8s.telemetry.PodTargets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The control loop of one RateMatcher: gathers what `SessionStep` reasons about, and carries out
/// what it says.
///
/// A decision is in the status before the first target is touched, so that whoever starts next
/// finds the open move. Called by one thread at a time.
final class Session {

    private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(10);

    private final ClusterView cluster;
    private final Readers readers;
    private final Recommendations recommendations;
    private final CycleMetrics cycles;
    private final Scribe scribe;
    private final KubernetesFleet fleet;
    private final Surroundings surroundings;
    private final Chronicle chronicle;
    private SessionState memory = SessionState.INITIAL;
    private @Nullable RateMatcher current;
    private @Nullable Reader reader;
    private @Nullable ControlLoop loop;
    private Predicate<@Nullable Map<String, String>> interesting = labels -> false;

    Session(
            ClusterView cluster,
            Notes notes,
            Readers readers,
            Recommendations recommendations,
            CycleMetrics cycles,
            String namespace) {
        this.cluster = cluster;
        this.readers = readers;
        this.recommendations = recommendations;
        this.cycles = cycles;
        this.surroundings = new Surroundings(cluster);
        this.chronicle = new Chronicle(notes);
        this.scribe = new Scribe(chronicle, recommendations, cycles, notes.journals());
        this.fleet =
                new KubernetesFleet(cluster.targets(), cluster.podWrites(), namespace, this::loads);
    }

    /// Whether a pod with these labels belongs to one of the pools.
    boolean concerns(@Nullable Map<String, String> labels) {
        return interesting.test(labels);
    }

    /// One call of the reconciler. Returns when to call again.
    Duration run(RateMatcher matcher, Instant now) {
        current = matcher;
        try {
            chronicle.open(matcher);
            return turn(matcher, now);
        } catch (RefusedException e) {
            return refuse(matcher, e.refusal(), now);
        } catch (TargetException e) {
            return refuse(matcher, new Refusal("TargetUnreadable", e.getMessage() + "."), now);
        }
    }

    /// Gives back what is being drained: nobody will go on with it.
    void abandon() {
        if (memory.acted()) {
            fleet.recallAll();
        }
    }

    private Duration refuse(RateMatcher matcher, Refusal refusal, Instant now) {
        var of = matcher.getMetadata();
        recommendations.stale(of.getNamespace(), of.getName(), refusal.message());
        cycles.refused(of.getNamespace(), of.getName());
        chronicle.refused(matcher, refusal, now);
        return SessionStep.INTERVAL;
    }

    private Duration turn(RateMatcher matcher, Instant now) {
        var look = look(matcher, now);
        var stands = loop == null ? null : loop.state();
        return switch (SessionStep.of(memory, stands, look)) {
            case Refused refused -> {
                memory = refused.next();
                yield refuse(matcher, refused.refusal(), now);
            }
            case Go go -> carryOut(go, look);
        };
    }

    private SessionLook look(RateMatcher matcher, Instant now) {
        var spec = Resolver.checked(matcher.getSpec());
        var prefill = surroundings.side("prefill", matcher, spec.prefill());
        var decode = surroundings.side("decode", matcher, spec.decode());
        look(matcher, Role.PREFILL, prefill, now);
        look(matcher, Role.DECODE, decode, now);
        interesting =
                Surroundings.selector(prefill.target().selector())
                        .or(Surroundings.selector(decode.target().selector()));
        return new SessionLook(
                matcher,
                spec,
                found(matcher, Role.PREFILL, prefill),
                found(matcher, Role.DECODE, decode),
                surroundings.accelerator(matcher, spec, fleet),
                surroundings.ungranted(matcher, spec),
                chronicle.stored(),
                now);
    }

    private void look(RateMatcher matcher, Role role, Side side, Instant now) {
        var drain = side.spec().drain();
        fleet.look(
                role,
                side.spec(),
                side.target(),
                side.routing(),
                Durations.parse(
                        "drain.timeout", drain == null ? null : drain.timeout(), DRAIN_TIMEOUT),
                surroundings.pods(matcher, side),
                now);
    }

    private SessionLook.Pool found(RateMatcher matcher, Role role, Side side) {
        var counts = fleet.counts(role);
        int holding =
                Math.max(counts.desired(), counts.ready() + counts.starting() + counts.draining());
        return new SessionLook.Pool(
                side,
                replicas(role),
                holding * side.width().gpus(),
                surroundings.autoscaler(matcher, side.spec()));
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
        openGates(look);
        if (go.recalls()) {
            fleet.recallAll();
        }
        memory = go.next();
        boolean drains = go.advances() && fleet.advance();
        if (go.due()) {
            cycle(decides, go, look);
        }
        memory = memory.left(replicas(Role.PREFILL), replicas(Role.DECODE));
        return go.untilNext(look.at(), drains);
    }

    private ControlLoop resume(Go go, SessionLook look) {
        if (reader == null || go.rereads()) {
            reader =
                    readers.reader(
                            look.matcher(),
                            look.spec(),
                            fleet,
                            go.service().spec().slo().percentile(),
                            go.interval().toMillis() / 1e3);
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

    private void cycle(ControlLoop decides, Go go, SessionLook look) {
        var began = cycles.begin();
        var read = Objects.requireNonNull(reader, "resume first");
        var snapshot = ControlLoop.observe(read.telemetry(), look.at().toEpochMilli() / 1e3);
        memory = memory.saw(snapshot, read.engine());
        var troubles = troubles(go, look.at());
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
                        troubles,
                        look.at(),
                        began));
        var around =
                Arrays.<@Nullable Object>asList(
                        look.matcher().getMetadata().getGeneration(),
                        go.acts(),
                        go.refusal(),
                        troubles,
                        go.interlock());
        var conduct = go.acts() ? Conduct.CONTROL : Conduct.ADVICE;
        decides.news(snapshot, new Orders(conduct, go.interlock()), around);
    }

    /// The pods that do not serve, as the last look found them.
    private List<Trouble> troubles(Go go, Instant at) {
        var patience = Duration.ofMillis((long) (1e3 * go.service().spec().leadTimeSeconds()));
        var all = new Troubles(cluster::node, patience, at);
        return Arrays.stream(Role.values())
                .flatMap(role -> all.of(role, fleet.pool(role).replicas()).stream())
                .sorted(Comparator.comparing(Trouble::kind))
                .toList();
    }

    private Map<String, PodLoad> loads(KubernetesFleet.Pool pool) {
        var matcher = Objects.requireNonNull(current, "run first");
        var telemetry = matcher.getSpec().telemetry();
        return PodLoads.of(
                cluster.fetcher(),
                pool.role(),
                PodTargets.of(
                        Sources.source(pool.role()),
                        pool.replicas(),
                        telemetry == null ? null : telemetry.scrape()),
                Sources.catalogue(matcher.getSpec()));
    }
}
