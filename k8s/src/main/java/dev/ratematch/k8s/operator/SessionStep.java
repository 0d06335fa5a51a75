package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.RaisedBudget;
import dev.ratematch.controller.core.Resumption;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one run of a session does: a pure function of what is remembered, what the controller's
/// loop stands at, and what was found. `Session` gathers the one and carries out the other.
sealed interface SessionStep {

    /// Between two reads of the metrics, where the spec does not say it.
    Duration INTERVAL = Duration.ofSeconds(15);

    /// How soon drains are looked after.
    Duration DRAIN_POLL = Duration.ofSeconds(1);

    /// What the next run goes on from.
    SessionState next();

    /// It cannot be worked with.
    record Refused(SessionState next, Refusal refusal) implements SessionStep {}

    /// It can.
    ///
    /// @param service that is decided for
    /// @param from the state that the controller's loop is to go on from with this service; null
    ///   where it goes on as it is
    /// @param ended why the open move ends with that; null where it does not
    /// @param rereads whether telemetry is to be made anew
    /// @param auto whether the spec asks for decisions to be carried out
    /// @param refusal why they are not, in mode Auto
    /// @param recalls whether what is being drained is to serve again: mode Auto has ended, or the
    ///   move has and no smaller budget asks for it all the same
    /// @param advances whether drains go on
    /// @param interlock what stands in the way for now
    /// @param contender what is said of younger RateMatchers that are refused for this one; null
    ///   for none
    /// @param due whether it is time to read the metrics
    record Go(
            SessionState next,
            Service service,
            @Nullable State from,
            @Nullable String ended,
            boolean rereads,
            boolean auto,
            @Nullable Refusal refusal,
            boolean recalls,
            boolean advances,
            @Nullable Interlock interlock,
            @Nullable String contender,
            boolean due,
            Duration interval)
            implements SessionStep {

        /// Whether decisions are carried out.
        boolean acts() {
            return auto && refusal == null;
        }

        /// How long a read of the metrics may take before they are unknown: what it would find is
        /// as old by then as anything may be.
        Duration deadline() {
            return Duration.ofMillis(
                    (long) (1e3 * Reading.staleSeconds(interval.toMillis() / 1e3)));
        }

        /// Time until the next run.
        ///
        /// @param drains whether something still drains
        Duration untilNext(Instant now, boolean drains) {
            var left = Duration.between(now, next.nextCycle());
            return drains && left.compareTo(DRAIN_POLL) > 0 ? DRAIN_POLL : left;
        }
    }

    /// The step.
    ///
    /// @param loop what the controller's loop stands at; null before it runs
    static SessionStep of(SessionState before, @Nullable State loop, SessionLook look) {
        var noticed = before.noticing(look, Guards.CONFLICT_HOLD);
        var off = handsOff(look);
        if (off != null) {
            return new Refused(noticed.handsOff(), off);
        }
        try {
            return go(noticed, loop, look, before.keptOff());
        } catch (RefusedException e) {
            return new Refused(noticed, e.refusal());
        }
    }

    /// Why the fleet is not this RateMatcher's to plan; null where it is.
    private static @Nullable Refusal handsOff(SessionLook look) {
        var older = Conflict.refusal(look);
        return older == null ? Belonging.refusal(look) : older;
    }

    /// @param anew whether the last run, if there was one, kept its hands off
    private static SessionStep go(
            SessionState noticed, @Nullable State loop, SessionLook look, boolean anew) {
        var interval = interval(look.spec());
        var state =
                loop == null
                        ? noticed.remembering(engineBefore(look))
                                .respecting(Holds.read(look.stored()), look.at())
                        : noticed;
        state = state.holding(held(look));
        var active = active(state, look);
        boolean auto = look.spec().mode() == Mode.AUTO;
        var refusal = auto ? Guards.refusal(look, state.seen()) : null;
        boolean acts = auto && refusal == null;
        var resumed = resumed(state.active(), active, loop, look, anew);
        String ended = resumed == null ? null : resumed.ended();
        boolean rereads = rereads(state.active(), active);
        boolean due = rereads || !look.at().isBefore(state.nextCycle());
        return new Go(
                state.serving(active)
                        .concluding(auto, due ? look.at().plus(interval) : state.nextCycle()),
                active.service(),
                resumed == null ? null : resumed.state(),
                ended,
                rereads,
                auto,
                refusal,
                (state.acted() && !auto) || (ended != null && !cut(state.active(), active, look)),
                acts && !look.paused(),
                Guards.interlock(look, acts, state.foreign()),
                Conflict.younger(look),
                due,
                interval);
    }

    /// Whether metrics are read elsewhere, or otherwise, than before.
    private static boolean rereads(SessionState.@Nullable Active before, SessionState.Active now) {
        return before == null
                || !Objects.equals(before.telemetry(), now.telemetry())
                || !before.counted().equals(now.counted())
                || before.service().spec().slo().percentile()
                        != now.service().spec().slo().percentile();
    }

    private static Duration interval(RateMatcherSpec spec) {
        var telemetry = spec.telemetry();
        return telemetry == null
                ? INTERVAL
                : Durations.parse("spec.telemetry.interval", telemetry.interval(), INTERVAL);
    }

    private static @Nullable String engineBefore(SessionLook look) {
        var resolved = look.resolvedBefore();
        return resolved == null ? null : resolved.engine();
    }

    private static int held(SessionLook look) {
        var resolved = look.resolvedBefore();
        int remembered =
                resolved == null ? 0 : Objects.requireNonNullElse(resolved.budgetGpus(), 0);
        return Math.max(remembered, look.prefill().heldGpus() + look.decode().heldGpus());
    }

    private static SessionState.Active active(SessionState state, SessionLook look) {
        var request =
                Resolver.request(
                        look.spec(),
                        new Resolver.Found(
                                look.prefill().side().width(),
                                look.decode().side().width(),
                                look.accelerator(),
                                state.engine(),
                                state.mostHeldGpus()));
        var now = state.active();
        var service =
                now != null && now.request().equals(request)
                        ? now.service()
                        : Resolver.service(request);
        return new SessionState.Active(request, look.spec().telemetry(), service, Counted.of(look));
    }

    /// Where it is another source of the same figures, or a default that was found to be true, what
    /// was decided and learnt stays.
    private static @Nullable Resumption resumed(
            SessionState.@Nullable Active before,
            SessionState.Active now,
            @Nullable State loop,
            SessionLook look,
            boolean anew) {
        var service = now.service();
        Integer budget = budgetBefore(before, look);
        if (loop == null) {
            return RaisedBudget.of(
                    Memory.read(
                            look.stored(),
                            service,
                            Counted.of(look.resolvedBefore()),
                            now.counted()),
                    budget,
                    service.spec());
        }
        String changed = before == null ? null : before.counted().changed(now.counted());
        String elsewhere = anew ? "the RateMatcher was refused meanwhile" : changed;
        if (before != null && elsewhere == null && service.alike(before.service())) {
            return null;
        }
        boolean same = before != null && service.identity().equals(before.service().identity());
        var alike = elsewhere == null ? loop.retuned() : loop.reconfigured(loop.calibration());
        return RaisedBudget.of(
                Resumption.of(
                        same ? alike : loop.reconfigured(Calibration.NONE),
                        service.spec(),
                        elsewhere),
                budget,
                service.spec());
    }

    /// Of the last run, GPUs, even of an earlier process; null where nobody knows it.
    private static @Nullable Integer budgetBefore(
            SessionState.@Nullable Active before, SessionLook look) {
        if (before != null) {
            return before.service().spec().budgetGpus();
        }
        var resolved = look.resolvedBefore();
        return resolved == null ? null : resolved.budgetGpus();
    }

    /// Whether the budget is smaller than before, so that drains are wanted whatever the move.
    private static boolean cut(
            SessionState.@Nullable Active before, SessionState.Active now, SessionLook look) {
        Integer budget = budgetBefore(before, look);
        return budget != null && now.service().spec().budgetGpus() < budget;
    }
}
