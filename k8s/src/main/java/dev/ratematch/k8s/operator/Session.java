package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Advisor;
import dev.ratematch.controller.core.Advisor.Advice;
import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Telemetry;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.Mode;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import dev.ratematch.k8s.api.RateMatcherStatus.ResolvedRole;
import dev.ratematch.k8s.fleet.GpuWidth;
import dev.ratematch.k8s.fleet.Grace;
import dev.ratematch.k8s.fleet.KubernetesFleet;
import dev.ratematch.k8s.fleet.PodLoad;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.Selectors;
import dev.ratematch.k8s.fleet.TargetClient;
import dev.ratematch.k8s.fleet.TargetException;
import dev.ratematch.k8s.fleet.TargetView;
import dev.ratematch.k8s.operator.StatusText.Cycle;
import dev.ratematch.k8s.telemetry.PodLoads;
import dev.ratematch.k8s.telemetry.PodTargets;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
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
    private static final Duration DRAIN_POLL = Duration.ofSeconds(2);

    /// How long a foreign write is respected before its count is taken as the new start.
    private static final Duration CONFLICT_HOLD = Duration.ofMinutes(5);

    /// How soon what was learnt is persisted again when nothing else is new.
    private static final Duration MEMORY_EVERY = Duration.ofSeconds(60);

    /// Standard deviations from the mean to the 99th percentile of skewed lengths.
    private static final double P99_DEVIATIONS = 3;

    private final World world;
    private final Publisher publisher;
    private final KubernetesFleet fleet;
    private final Map<Role, Foreign> foreign = new EnumMap<>(Role.class);
    private final Map<Role, Integer> lastReplicas = new EnumMap<>(Role.class);
    private @Nullable RateMatcher current;
    private @Nullable ServiceRequest request;
    private @Nullable Running running;
    private Advice advice = Advice.of(State.INITIAL);
    private boolean started;
    private Instant nextCycle = Instant.EPOCH;
    private Instant memoryAt = Instant.EPOCH;
    private @Nullable String memory;
    private @Nullable State memoryOf;
    private @Nullable RateMatcherStatus written;
    private @Nullable Snapshot lastSnapshot;
    private String lastSaid = "";
    private Predicate<@Nullable Map<String, String>> interesting = labels -> false;

    private record Running(
            Service service, Controller controller, Advisor advisor, Telemetry telemetry) {}

    private record Foreign(String writer, int replicas, Instant at) {}

    /// What one look found in one pool.
    private record Side(RoleSpec spec, TargetView target, GpuWidth width, Routing routing) {}

    /// Who is told of every recommendation.
    interface Publisher {

        /// A cycle's outcome.
        void publish(RateMatcher matcher, Step step, Instant at);

        /// A cycle without one.
        void stale(RateMatcher matcher, String why);
    }

    Session(World world, Publisher publisher, String namespace) {
        this.world = world;
        this.publisher = publisher;
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
        if (written == null) {
            written = matcher.getStatus();
        }
        try {
            return tick(matcher, now);
        } catch (RefusedException e) {
            return refuse(matcher, e.refusal(), now);
        } catch (TargetException e) {
            return refuse(matcher, new Refusal("TargetUnreadable", e.getMessage() + "."), now);
        }
    }

    private Duration refuse(RateMatcher matcher, Refusal refusal, Instant now) {
        publisher.stale(matcher, refusal.message());
        say(matcher, true, refusal.reason(), refusal.message());
        save(
                matcher,
                StatusText.refused(matcher.getMetadata().getGeneration(), refusal, written),
                now);
        return INTERVAL;
    }

    private Duration tick(RateMatcher matcher, Instant now) {
        var spec = Resolver.checked(matcher.getSpec());
        var interval = interval(spec);
        var prefill = side("prefill", matcher, spec.prefill());
        var decode = side("decode", matcher, spec.decode());
        look(matcher, Role.PREFILL, prefill, now);
        look(matcher, Role.DECODE, decode, now);
        var active = configure(matcher, spec, prefill, decode, interval);
        boolean auto = spec.mode() == Mode.AUTO;
        var refusal = auto ? refusal(matcher, spec, prefill, decode) : null;
        boolean acts = auto && refusal == null;
        openGates(prefill, decode);
        boolean drains = acts && !paused(matcher) && fleet.advance();
        if (!now.isBefore(nextCycle)) {
            nextCycle = now.plus(interval);
            cycle(matcher, spec, active, acts, refusal, prefill, decode, now);
        }
        remember(Role.PREFILL);
        remember(Role.DECODE);
        var wait = Duration.between(now, nextCycle);
        return drains && wait.compareTo(DRAIN_POLL) > 0 ? DRAIN_POLL : wait;
    }

    private static Duration interval(RateMatcherSpec spec) {
        var telemetry = spec.telemetry();
        return telemetry == null
                ? INTERVAL
                : Durations.parse("spec.telemetry.interval", telemetry.interval(), INTERVAL);
    }

    private Side side(String role, RateMatcher matcher, RoleSpec spec) {
        String namespace = matcher.getMetadata().getNamespace();
        var target = world.targets().read(namespace, spec);
        var template = target.podTemplate();
        var width =
                spec.gpusPerReplica() == null
                        ? target.width(name -> world.targets().devices(namespace, name))
                        : GpuWidth.given(spec.gpusPerReplica());
        try {
            var routing = Routing.of(spec, template.map(t -> t.getSpec()), target.selector());
            return new Side(spec, target, width, routing);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(
                    "RoutingInvalid", "spec.%s.%s".formatted(role, e.getMessage()));
        }
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
                pods(matcher, side),
                now);
        notice(role, side.target(), now);
    }

    private List<Pod> pods(RateMatcher matcher, Side side) {
        if (side.target().selector().isEmpty()) {
            throw new RefusedException(
                    "SelectorUnknown",
                    "%s does not say which pods are its own; give selector."
                            .formatted(side.target().title()));
        }
        return world.pods(matcher.getMetadata().getNamespace(), selector(side.target().selector()));
    }

    private static Predicate<@Nullable Map<String, String>> selector(String text) {
        try {
            return Selectors.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("SpecInvalid", String.valueOf(e.getMessage()));
        }
    }

    /// A count that changed and that we did not write.
    private void notice(Role role, TargetView target, Instant now) {
        var last = lastReplicas.get(role);
        int seen = fleet.pool(role).target().replicas();
        if (last != null && last != seen) {
            String writer = target.foreignWriter().orElse("somebody");
            foreign.put(role, new Foreign(writer, seen, now));
        }
        lastReplicas.put(role, seen);
    }

    /// What we wrote in this run is not foreign in the next.
    private void remember(Role role) {
        lastReplicas.put(role, fleet.pool(role).target().replicas());
    }

    private Running configure(
            RateMatcher matcher,
            RateMatcherSpec spec,
            Side prefill,
            Side decode,
            Duration interval) {
        interesting =
                selector(prefill.target().selector()).or(selector(decode.target().selector()));
        var wanted =
                Resolver.request(
                        spec,
                        new Resolver.Found(
                                prefill.width(),
                                decode.width(),
                                accelerator(matcher, spec),
                                held(Role.PREFILL, prefill) + held(Role.DECODE, decode)));
        var now = running;
        if (now != null && wanted.equals(request)) {
            return now;
        }
        var service = Resolver.service(wanted);
        var state =
                started
                        ? advice.state().reconfigured(kept(service)).fitting(service.spec())
                        : Memory.read(stored(matcher), service);
        advice = Advice.of(state);
        started = true;
        request = wanted;
        var controller = new Controller(service.spec(), service.laws());
        var next =
                new Running(
                        service,
                        controller,
                        new Advisor(controller),
                        Sources.telemetry(
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

    private static @Nullable String stored(RateMatcher matcher) {
        return matcher.getStatus() == null ? null : matcher.getStatus().memory();
    }

    private int held(Role role, Side side) {
        var counts = fleet.counts(role);
        int replicas =
                Math.max(counts.desired(), counts.ready() + counts.starting() + counts.draining());
        return replicas * side.width().gpus();
    }

    private @Nullable String accelerator(RateMatcher matcher, RateMatcherSpec spec) {
        if (spec.accelerator() != null) {
            return spec.accelerator();
        }
        var budget = spec.budget();
        if (budget != null && budget.poolRef() != null) {
            var pool = world.pool(budget.poolRef());
            if (pool.isPresent()) {
                return pool.get().getSpec().accelerator();
            }
        }
        for (var role : Role.values()) {
            for (var replica : fleet.pool(role).replicas()) {
                String node = replica.leader().getSpec().getNodeName();
                var product = node == null ? null : world.product(node).orElse(null);
                String known = product == null ? null : Products.accelerator(product);
                if (known != null) {
                    return known;
                }
            }
        }
        // The status remembers what a pod told us that is gone now.
        var resolved = matcher.getStatus() == null ? null : matcher.getStatus().resolved();
        return resolved == null ? null : resolved.accelerator();
    }

    /// Why mode Auto must not act.
    private @Nullable Refusal refusal(
            RateMatcher matcher, RateMatcherSpec spec, Side prefill, Side decode) {
        var budget = spec.budget();
        if (budget == null || budget.gpus() == null) {
            return new Refusal(
                    "BudgetMissing", "Mode Auto needs spec.budget.gpus, the GPUs of both pools.");
        }
        var share = share(matcher, budget.poolRef());
        if (share != null) {
            return share;
        }
        for (var role : Role.values()) {
            var side = role == Role.PREFILL ? prefill : decode;
            var refused = grace(role, side);
            if (refused != null) {
                return refused;
            }
        }
        return null;
    }

    private @Nullable Refusal share(RateMatcher matcher, @Nullable String poolRef) {
        if (poolRef == null) {
            return null;
        }
        if (!world.readsPools()) {
            return new Refusal(
                    "PoolUnreadable",
                    "budget.poolRef (%s) names a GpuPool, which a namespaced installation cannot"
                                    .formatted(poolRef)
                            + " read; leave it out or install cluster-wide.");
        }
        var pool = world.pool(poolRef);
        if (pool.isEmpty()) {
            return new Refusal(
                    "PoolMissing", "budget.poolRef (%s) names no GpuPool.".formatted(poolRef));
        }
        return Shares.refusal(poolRef, pool.get().getSpec().gpus(), world.matchers(), matcher);
    }

    private @Nullable Refusal grace(Role role, Side side) {
        var template = side.target().podTemplate();
        if (template.isEmpty()) {
            return null; // the owner of such a kind decides how its pods end
        }
        var drain = side.spec().drain();
        var given =
                Durations.secondsOrNull(
                        "drain.engineShutdownTimeout",
                        drain == null ? null : drain.engineShutdownTimeout());
        return Grace.refusal(role.label(), template.get().getSpec(), given, longest(role))
                .map(text -> new Refusal("GracePeriodTooShort", text))
                .orElse(null);
    }

    /// The longest that a running request keeps a pod busy: on decode p99 of OSL times ITL; a
    /// prefill pod is done after one iteration and the reading of its KV.
    private OptionalDouble longest(Role role) {
        var seen = lastSnapshot;
        if (role == Role.PREFILL || seen == null) {
            return OptionalDouble.empty();
        }
        var traffic = seen.traffic();
        if (!traffic.outputTokensMean().known() || !traffic.itlMeanSeconds().known()) {
            return OptionalDouble.empty();
        }
        double deviation = Math.sqrt(Math.max(0, traffic.outputTokensCv2().orElse(1)));
        return OptionalDouble.of(
                traffic.outputTokensMean().orElse(0)
                        * (1 + P99_DEVIATIONS * deviation)
                        * traffic.itlMeanSeconds().orElse(0));
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

    private static boolean paused(RateMatcher matcher) {
        var annotations = matcher.getMetadata().getAnnotations();
        return annotations != null && "true".equals(annotations.get(Api.PAUSED));
    }

    private void cycle(
            RateMatcher matcher,
            RateMatcherSpec spec,
            Running active,
            boolean acts,
            @Nullable Refusal refusal,
            Side prefill,
            Side decode,
            Instant now) {
        double at = now.toEpochMilli() / 1e3;
        var snapshot = ControlLoop.observe(active.telemetry(), at);
        lastSnapshot = snapshot;
        var interlock = interlock(matcher, acts, prefill, decode, now);
        Step step;
        if (acts) {
            step = active.controller().step(advice.state(), snapshot, interlock);
            advice = Advice.of(step.state());
        } else {
            var advised = active.advisor().step(advice, snapshot, interlock);
            step = advised.step();
            advice = advised.advice();
        }
        var cycle =
                new Cycle(
                        matcher.getMetadata().getGeneration(),
                        resolved(active, spec, prefill, decode),
                        active.service().spec(),
                        snapshot,
                        step,
                        spec.mode() == Mode.AUTO,
                        refusal,
                        interlock,
                        List.of(),
                        memory(active.service(), now));
        save(matcher, StatusText.of(cycle, written), now);
        if (acts && step.decision() instanceof Decision.Resize) {
            var errors = ControlLoop.command(step, fleet);
            for (String error : errors) {
                say(matcher, true, "CommandFailed", error);
            }
        }
        tell(matcher, step, acts);
        publish(matcher, step, now);
    }

    private void publish(RateMatcher matcher, Step step, Instant now) {
        var reason = step.decision().reason();
        boolean unknown =
                reason == Reason.TELEMETRY_UNKNOWN
                        || reason == Reason.FLEET_UNKNOWN
                        || reason == Reason.TELEMETRY_INCONSISTENT
                        || reason == Reason.WARMING_UP
                        || reason == Reason.GAP;
        if (unknown) {
            publisher.stale(matcher, step.explanation().text());
        } else {
            publisher.publish(matcher, step, now);
        }
    }

    private void tell(RateMatcher matcher, Step step, boolean acts) {
        var decision = step.decision();
        if (decision instanceof Decision.Resize) {
            String verb = acts ? "" : "Recommended: ";
            say(
                    matcher,
                    decision.reason() == Reason.COMPENSATING,
                    StatusText.camel(decision.reason().name()),
                    verb + step.explanation().text());
        } else if (decision.reason() == Reason.CONFLICT) {
            say(matcher, true, "Conflict", step.explanation().text());
        }
    }

    private void say(RateMatcher matcher, boolean warning, String reason, String text) {
        String said = reason + " " + text;
        if (!said.equals(lastSaid)) {
            lastSaid = said;
            world.event(matcher, warning, reason, text);
        }
    }

    private @Nullable Interlock interlock(
            RateMatcher matcher, boolean acts, Side prefill, Side decode, Instant now) {
        if (paused(matcher)) {
            return new Interlock(
                    Reason.PAUSED,
                    "Paused: take the annotation %s off to go on.".formatted(Api.PAUSED));
        }
        String namespace = matcher.getMetadata().getNamespace();
        for (var role : Role.values()) {
            var side = role == Role.PREFILL ? prefill : decode;
            if (acts) {
                var other = conflict(namespace, role, side, now);
                if (other != null) {
                    return other;
                }
            }
            if (side.target().rollingOut()) {
                return new Interlock(
                        Reason.ROLLOUT_IN_PROGRESS,
                        "%s is being rolled out.".formatted(side.target().title()));
            }
        }
        return null;
    }

    private @Nullable Interlock conflict(String namespace, Role role, Side side, Instant now) {
        var hpa = world.autoscaler(TargetClient.key(namespace, side.spec().scaleTargetRef()));
        if (hpa.isPresent()) {
            return new Interlock(
                    Reason.CONFLICT,
                    "HorizontalPodAutoscaler %s scales %s too: delete it, or use mode Recommend and"
                                    .formatted(hpa.get(), side.target().title())
                            + " let it follow our metrics.");
        }
        var other = foreign.get(role);
        if (other != null && now.isBefore(other.at().plus(CONFLICT_HOLD))) {
            return new Interlock(
                    Reason.CONFLICT,
                    "%s set %s to %d replicas; left alone until %s."
                            .formatted(
                                    other.writer(),
                                    side.target().title(),
                                    other.replicas(),
                                    other.at().plus(CONFLICT_HOLD)));
        }
        foreign.remove(role);
        return null;
    }

    private String memory(Service service, Instant now) {
        var state = advice.state();
        var before = memoryOf;
        boolean same =
                before != null
                        && Objects.equals(before.move(), state.move())
                        && before.commandedPrefill() == state.commandedPrefill()
                        && before.commandedDecode() == state.commandedDecode();
        String kept = memory;
        if (kept != null && same && now.isBefore(memoryAt.plus(MEMORY_EVERY))) {
            return kept;
        }
        String next = Memory.write(service, state);
        memory = next;
        memoryOf = state;
        memoryAt = now;
        return next;
    }

    private static Resolved resolved(
            Running active, RateMatcherSpec spec, Side prefill, Side decode) {
        var service = active.service();
        return new Resolved(
                service.model(),
                service.gpu(),
                service.precision(),
                service.kvDtype(),
                service.engine(),
                service.spec().budgetGpus(),
                Sources.title(spec),
                interval(spec).toMillis() / 1000.0 + "s",
                role(
                        prefill,
                        service.prefillParallel(),
                        service.spec().prefill().minReplicas(),
                        service.spec().prefill().maxReplicas()),
                role(
                        decode,
                        service.decodeParallel(),
                        service.spec().decode().minReplicas(),
                        service.spec().decode().maxReplicas()));
    }

    private static ResolvedRole role(Side side, String parallel, int min, int max) {
        return new ResolvedRole(
                side.target().selector(),
                side.width().gpus(),
                side.width().from(),
                parallel.toLowerCase(Locale.ROOT),
                min,
                max,
                side.routing().text());
    }

    /// Writes the status where it says something new.
    private void save(RateMatcher matcher, RateMatcherStatus status, Instant now) {
        var next = StatusText.at(status, now);
        if (next.equals(written)) {
            return;
        }
        world.status(matcher, next);
        written = next;
    }

    private Map<String, PodLoad> loads(KubernetesFleet.Pool pool) {
        var matcher = Objects.requireNonNull(current, "run first");
        var telemetry = matcher.getSpec().telemetry();
        return PodLoads.of(
                world.fetcher(),
                PodTargets.of(
                        Sources.source(pool.role()),
                        pool.replicas(),
                        telemetry == null ? null : telemetry.scrape()));
    }
}
