package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.publish.CycleMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.Mode;
import dev.ratematch.k8s.api.RateMatcherSpec.TelemetrySpec;
import dev.ratematch.k8s.fleet.KubernetesFleet;
import dev.ratematch.k8s.fleet.PodLoad;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetException;
import dev.ratematch.k8s.telemetry.PodLoads;
import dev.ratematch.k8s.telemetry.PodTargets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The control loop of one RateMatcher: look, decide when it is time to, write down, carry out.
///
/// A decision is in the status before the first target is touched, so that whoever starts next
/// finds the open move. Called by one thread at a time.
final class Session {

    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(10);

    /// How soon drains are looked after.
    private static final Duration DRAIN_POLL = Duration.ofSeconds(1);

    private final World world;
    private final Recommendations recommendations;
    private final CycleMetrics cycles;
    private final Scribe scribe;
    private final KubernetesFleet fleet;
    private final Surroundings surroundings;
    private final Guards guards;
    private final Chronicle chronicle;
    private @Nullable RateMatcher current;
    private @Nullable ServiceRequest request;
    private @Nullable TelemetrySpec telemetry;
    private @Nullable Running running;
    private @Nullable ControlLoop loop;
    private boolean acted;
    private int mostHeld;
    private @Nullable String engine;
    private boolean engineSeen;
    private Instant nextCycle = Instant.EPOCH;
    private @Nullable Snapshot lastSnapshot;
    private Predicate<@Nullable Map<String, String>> interesting = labels -> false;

    private record Running(Service service, Sources.Reader reader, ControlLoop loop) {}

    Session(World world, Recommendations recommendations, CycleMetrics cycles, String namespace) {
        this.world = world;
        this.recommendations = recommendations;
        this.cycles = cycles;
        this.surroundings = new Surroundings(world);
        this.guards = new Guards(world);
        this.chronicle = new Chronicle(world);
        this.scribe = new Scribe(chronicle, recommendations, cycles, world.journals());
        this.fleet =
                new KubernetesFleet(world.targets(), world.podWriter(), namespace, this::loads);
    }

    /// Whether a pod with these labels belongs to one of the pools.
    boolean concerns(@Nullable Map<String, String> labels) {
        return interesting.test(labels);
    }

    /// One call of the reconciler. Returns when to call again.
    Duration run(RateMatcher matcher, Instant now) {
        current = matcher;
        chronicle.open(matcher);
        try {
            return tick(matcher, now);
        } catch (RefusedException e) {
            return refuse(matcher, e.refusal(), now);
        } catch (TargetException e) {
            return refuse(matcher, new Refusal("TargetUnreadable", e.getMessage() + "."), now);
        }
    }

    /// Gives back what is being drained: nobody will go on with it.
    void abandon() {
        if (acted) {
            fleet.recallAll();
        }
    }

    private Duration refuse(RateMatcher matcher, Refusal refusal, Instant now) {
        var of = matcher.getMetadata();
        recommendations.stale(of.getNamespace(), of.getName(), refusal.message());
        cycles.refused(of.getNamespace(), of.getName());
        chronicle.say(matcher, true, refusal.reason(), refusal.message());
        chronicle.save(
                matcher,
                StatusText.refused(
                        matcher.getMetadata().getGeneration(), refusal, chronicle.written()),
                now);
        return INTERVAL;
    }

    private Duration tick(RateMatcher matcher, Instant now) {
        var spec = Resolver.checked(matcher.getSpec());
        var interval = interval(spec);
        var prefill = surroundings.side("prefill", matcher, spec.prefill());
        var decode = surroundings.side("decode", matcher, spec.decode());
        look(matcher, Role.PREFILL, prefill, now);
        look(matcher, Role.DECODE, decode, now);
        var active = configure(matcher, spec, prefill, decode, interval);
        boolean auto = spec.mode() == Mode.AUTO;
        var refusal = auto ? guards.refusal(matcher, spec, prefill, decode, lastSnapshot) : null;
        boolean acts = auto && refusal == null;
        openGates(prefill, decode);
        if (acted && !auto) {
            fleet.recallAll();
        }
        acted = auto;
        boolean drains = acts && !Guards.paused(matcher) && fleet.advance();
        if (!now.isBefore(nextCycle)) {
            nextCycle = now.plus(interval);
            cycle(matcher, spec, active, acts, refusal, prefill, decode, now);
        }
        for (var role : Role.values()) {
            guards.remember(role, fleet.pool(role).target().replicas());
        }
        var wait = Duration.between(now, nextCycle);
        return drains && wait.compareTo(DRAIN_POLL) > 0 ? DRAIN_POLL : wait;
    }

    private static Duration interval(RateMatcherSpec spec) {
        var telemetry = spec.telemetry();
        return telemetry == null
                ? INTERVAL
                : Durations.parse("spec.telemetry.interval", telemetry.interval(), INTERVAL);
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
        guards.notice(role, side.target(), fleet.pool(role).target().replicas(), now);
    }

    private Running configure(
            RateMatcher matcher,
            RateMatcherSpec spec,
            Side prefill,
            Side decode,
            Duration interval) {
        if (loop == null) {
            engine = remembered(matcher);
        }
        interesting =
                Surroundings.selector(prefill.target().selector())
                        .or(Surroundings.selector(decode.target().selector()));
        var wanted =
                Resolver.request(
                        spec,
                        new Resolver.Found(
                                prefill.width(),
                                decode.width(),
                                surroundings.accelerator(matcher, spec, fleet),
                                engine,
                                mostHeld(matcher, prefill, decode)));
        var now = running;
        boolean same = now != null && wanted.equals(request);
        if (now != null && same && Objects.equals(spec.telemetry(), telemetry)) {
            return now;
        }
        var service = now != null && same ? now.service() : Resolver.service(wanted);
        var going = loop;
        if (going == null) {
            going = ControlLoop.of(service, Memory.read(stored(matcher), service), fleet, scribe);
        } else if (now == null || !(same || service.alike(now.service()))) {
            // Otherwise it is another source of the same figures, or a default that was found to be
            // true: what was decided and learnt stays.
            var kept = going.state().reconfigured(kept(service, going.state()));
            going.resume(service, kept.fitting(service.spec()));
        }
        loop = going;
        request = wanted;
        telemetry = spec.telemetry();
        var next =
                new Running(
                        service,
                        Sources.reader(
                                world,
                                matcher,
                                spec,
                                fleet,
                                service.spec().slo().percentile(),
                                interval.toMillis() / 1e3),
                        going);
        running = next;
        return next;
    }

    private Calibration kept(Service service, State state) {
        var before = running;
        return before != null && before.service().identity().equals(service.identity())
                ? state.calibration()
                : Calibration.NONE;
    }

    /// The engine that an earlier process found, so that its service is that one's from the first
    /// look on: an open move belongs to it.
    private static @Nullable String remembered(RateMatcher matcher) {
        var resolved = matcher.getStatus() == null ? null : matcher.getStatus().resolved();
        return resolved == null ? null : resolved.engine();
    }

    private static @Nullable String stored(RateMatcher matcher) {
        return matcher.getStatus() == null ? null : matcher.getStatus().memory();
    }

    /// The most GPUs that the pools have been seen to hold: a donor that has left, on our own
    /// advice, must not take the receiver's room along.
    private int mostHeld(RateMatcher matcher, Side prefill, Side decode) {
        var before = matcher.getStatus() == null ? null : matcher.getStatus().resolved();
        int remembered = before == null || before.budgetGpus() == null ? 0 : before.budgetGpus();
        int now = held(Role.PREFILL, prefill) + held(Role.DECODE, decode);
        mostHeld = Math.max(mostHeld, Math.max(remembered, now));
        return mostHeld;
    }

    private int held(Role role, Side side) {
        var counts = fleet.counts(role);
        int replicas =
                Math.max(counts.desired(), counts.ready() + counts.starting() + counts.draining());
        return replicas * side.width().gpus();
    }

    /// Pods with our readiness gate serve only once somebody opens it.
    private void openGates(Side prefill, Side decode) {
        for (var role : Role.values()) {
            var side = role == Role.PREFILL ? prefill : decode;
            if (side.routing() instanceof Routing.Gate) {
                fleet.openGates(role);
            }
        }
    }

    private void cycle(
            RateMatcher matcher,
            RateMatcherSpec spec,
            Running active,
            boolean acts,
            @Nullable Refusal refusal,
            Side prefill,
            Side decode,
            Instant instant) {
        var began = cycles.begin();
        double at = instant.toEpochMilli() / 1e3;
        var snapshot = ControlLoop.observe(active.reader().telemetry(), at);
        if (!engineSeen) {
            var seen = active.reader().engine();
            engineSeen = seen != null;
            engine = engineSeen ? seen : engine;
        }
        lastSnapshot = snapshot;
        var interlock = guards.interlock(matcher, acts, prefill, decode, instant);
        scribe.expect(
                new Scribe.Occasion(
                        matcher,
                        active.service(),
                        active.loop().state(),
                        StatusText.resolved(
                                active.service(), spec, interval(spec), prefill, decode),
                        spec.mode() == Mode.AUTO,
                        refusal,
                        instant,
                        began));
        var around =
                Arrays.<@Nullable Object>asList(
                        matcher.getMetadata().getGeneration(), acts, refusal, interlock);
        var conduct = acts ? Conduct.CONTROL : Conduct.ADVICE;
        active.loop().news(snapshot, new Orders(conduct, interlock), around);
    }

    private Map<String, PodLoad> loads(KubernetesFleet.Pool pool) {
        var matcher = Objects.requireNonNull(current, "run first");
        var telemetry = matcher.getSpec().telemetry();
        return PodLoads.of(
                world.fetcher(),
                pool.role(),
                PodTargets.of(
                        Sources.source(pool.role()),
                        pool.replicas(),
                        telemetry == null ? null : telemetry.scrape()),
                Sources.catalogue(matcher.getSpec()));
    }
}
