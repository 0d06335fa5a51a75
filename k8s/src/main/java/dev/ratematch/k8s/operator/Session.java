package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Advisor;
import dev.ratematch.controller.core.Advisor.Advice;
import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.host.Repetition;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.publish.Concluded;
import dev.ratematch.controller.publish.CycleMetrics;
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
import dev.ratematch.k8s.operator.StatusText.Cycle;
import dev.ratematch.k8s.publish.Outstanding;
import dev.ratematch.k8s.publish.Recommendations;
import dev.ratematch.k8s.telemetry.PodLoads;
import dev.ratematch.k8s.telemetry.PodTargets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
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
    private final KubernetesFleet fleet;
    private final Surroundings surroundings;
    private final Guards guards;
    private final Chronicle chronicle;
    private final Repetition repetition = new Repetition();
    private @Nullable RateMatcher current;
    private @Nullable ServiceRequest request;
    private @Nullable TelemetrySpec telemetry;
    private @Nullable Running running;
    private Advice advice = Advice.of(State.INITIAL);
    private Outstanding outstanding = Outstanding.NONE;
    private boolean started;
    private boolean acted;
    private int mostHeld;
    private @Nullable String engine;
    private boolean engineSeen;
    private Instant nextCycle = Instant.EPOCH;
    private @Nullable Snapshot lastSnapshot;
    private Predicate<@Nullable Map<String, String>> interesting = labels -> false;

    private record Running(
            Service service, Controller controller, Advisor advisor, Sources.Reader reader) {}

    Session(World world, Recommendations recommendations, CycleMetrics cycles, String namespace) {
        this.world = world;
        this.recommendations = recommendations;
        this.cycles = cycles;
        this.surroundings = new Surroundings(world);
        this.guards = new Guards(world);
        this.chronicle = new Chronicle(world);
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
        if (!started) {
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
        if (same || (now != null && service.alike(now.service()))) {
            // Another source of the same figures, or a default that was found to be true: what was
            // decided and learnt stays.
        } else if (started) {
            var kept = advice.state().reconfigured(kept(service));
            advice = Advice.of(kept.fitting(service.spec()));
        } else {
            var memory = Memory.read(stored(matcher), service);
            advice = Advice.of(memory.state());
            outstanding = memory.outstanding();
        }
        started = true;
        request = wanted;
        telemetry = spec.telemetry();
        var controller = new Controller(service.spec(), service.laws());
        var next =
                new Running(
                        service,
                        controller,
                        new Advisor(controller),
                        Sources.reader(
                                world,
                                matcher,
                                spec,
                                fleet,
                                service.spec().slo().percentile(),
                                interval.toMillis() / 1e3));
        running = next;
        return next;
    }

    private Calibration kept(Service service) {
        var before = running;
        return before != null && before.service().identity().equals(service.identity())
                ? advice.state().calibration()
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
        long generation = matcher.getMetadata().getGeneration();
        var around = Arrays.<@Nullable Object>asList(generation, acts, refusal, interlock);
        if (repetition.of(advice.state(), snapshot, around)) {
            return;
        }
        var before = advice;
        Step step;
        JournalEntry entry;
        if (acts) {
            step = active.controller().step(advice.state(), snapshot, interlock);
            advice = Advice.of(step.state());
            entry = JournalEntry.of(snapshot, interlock, step, List.of());
        } else {
            var advised = active.advisor().step(advice, snapshot, interlock);
            step = advised.step();
            advice = advised.advice();
            entry = JournalEntry.of(snapshot, interlock, advised, List.of());
        }
        var now = staged(active, snapshot, step, acts);
        var cycle =
                new Cycle(
                        generation,
                        StatusText.resolved(
                                active.service(), spec, interval(spec), prefill, decode),
                        active.service().spec(),
                        snapshot,
                        step,
                        now.prefill(),
                        now.decode(),
                        advice.state().move(),
                        spec.mode() == Mode.AUTO,
                        refusal,
                        interlock,
                        List.of(),
                        chronicle.memory(
                                active.service(),
                                new Memory(advice.state(), outstanding),
                                instant));
        chronicle.save(matcher, StatusText.of(cycle, chronicle.written()), instant);
        if (acts) {
            var errors = ControlLoop.command(step, fleet);
            if (!errors.isEmpty()) {
                chronicle.say(matcher, true, "CommandFailed", errors.getFirst());
                var failed = StatusText.of(cycle.with(errors), chronicle.written());
                chronicle.save(matcher, failed, instant);
                entry = entry.failing(errors);
            }
        }
        tell(matcher, step, acts);
        var of = matcher.getMetadata();
        world.journals().cycle(of.getNamespace(), of.getName(), active.service(), before, entry);
        recommendations.conclude(of.getNamespace(), of.getName(), step, now, instant);
        var service = active.service();
        cycles.conclude(
                of.getNamespace(),
                of.getName(),
                new Concluded(service.spec(), snapshot, step, advice.state().move(), acts),
                began);
    }

    /// Somebody who follows us is late: a growth waits until what was told before cannot exceed the
    /// budget any more. What we carry out ourselves is not.
    private Sizes staged(Running active, Snapshot snapshot, Step step, boolean acts) {
        int prefill = step.decision().prefill();
        int decode = step.decision().decode();
        if (acts || prefill < 0 || decode < 0) {
            return new Sizes(prefill, decode);
        }
        var admitted = outstanding.admit(active.service().spec(), snapshot, prefill, decode);
        outstanding = admitted.next();
        return new Sizes(admitted.prefill(), admitted.decode());
    }

    private void tell(RateMatcher matcher, Step step, boolean acts) {
        var decision = step.decision();
        if (decision instanceof Decision.Resize) {
            String verb = acts ? "" : "Recommended: ";
            chronicle.say(
                    matcher,
                    decision.reason() == Reason.COMPENSATING,
                    StatusText.camel(decision.reason().name()),
                    verb + step.explanation().text());
        } else if (decision.reason() == Reason.CONFLICT) {
            chronicle.say(matcher, true, "Conflict", step.explanation().text());
        }
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
