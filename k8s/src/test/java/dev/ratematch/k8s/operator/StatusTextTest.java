package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A status is its cycle, and what it shows is what was decided with.
class StatusTextTest {

    private static final int GPUS = 6;

    /// Requests per second that one decode replica cannot carry.
    private static final double MANY = 90;

    private static final double FEW = 5;
    private static final Service SERVICE =
            Looks.service(Looks.matcher(Manifests.matcher("Auto", GPUS)));
    private static final Controller CONTROLLER = new Controller(SERVICE.spec(), SERVICE.laws());
    private static final Reading UNREAD = new Reading.Unknown("nobody says");
    private static final Interlock PAUSED = new Interlock(Reason.PAUSED, "Paused.");
    private static final Resolved NOTHING =
            new Resolved(null, null, null, null, null, null, null, null, null, null, null);

    private static Step step(State before, Snapshot seen) {
        return CONTROLLER.step(before, seen);
    }

    /// The second look at a fleet at rest, which is the first that plans.
    private static Step planned(
            int prefill, int decode, double rate, @Nullable Interlock interlock) {
        var first = step(State.INITIAL, Looks.steady(Looks.WINDOW, prefill, decode, rate));
        return CONTROLLER.step(
                first.state(),
                Looks.steady(2 * Looks.WINDOW, prefill, decode, rate),
                Conduct.CONTROL,
                interlock);
    }

    private static RateMatcherStatus status(Cycle cycle, @Nullable RateMatcherStatus before) {
        var record = new LiveLedger().cycle(SERVICE, cycle);
        return StatusText.of(
                new Report(
                        1L, NOTHING, cycle, true, null, List.of(), List.of(), false, record, null,
                        null),
                before);
    }

    private static Condition condition(RateMatcherStatus status, String type) {
        return Objects.requireNonNull(status.conditions()).stream()
                .filter(c -> c.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void saysWhichRoleLimitsWhatBindsAndWhatOneMoreReplicaIsWorth() {
        var cycle = planned(5, 1, MANY, null).cycle();
        var found = Objects.requireNonNull(cycle.explanation().assessment()).now();
        var status = status(cycle, null);

        assertThat(status.limitingRole()).isEqualTo("decode");
        assertThat(status.binding())
                .isEqualTo(Assessed.words(cycle.explanation().limiting()))
                .isIn("decode compute", "kv", "budget");
        assertThat(status.unservedPercent())
                .isEqualTo(StatusText.rounded(100 * (1 - found.servedShare()), 1))
                .isGreaterThan(50);
        assertThat(status.lossToOptimumPercent())
                .isEqualTo(StatusText.rounded(100 * found.lossShare(), 1))
                .isNotEqualTo(status.unservedPercent());
        var pools = Objects.requireNonNull(status.pools());
        var prefill = Objects.requireNonNull(pools.prefill());
        var decode = Objects.requireNonNull(pools.decode());
        assertThat(prefill.oneMoreAddsRequestsPerSecond()).isZero();
        assertThat(decode.oneMoreAddsRequestsPerSecond())
                .isEqualTo(StatusText.rounded(found.decodeWorth(), 2))
                .isPositive();
        assertThat(decode.carriesRequestsPerSecond())
                .isEqualTo(StatusText.rounded(found.of(Role.DECODE).requestsPerSecond(), 2))
                .isLessThan(MANY);
        assertThat(decode.askedRequestsPerSecond()).isEqualTo(MANY);
        assertThat(decode.batch()).isPositive();
        assertThat(prefill.ttftMillis()).isPositive();
        assertThat(prefill.itlMillis()).isNull();
        assertThat(decode.ttftMillis()).isNull();
    }

    @Test
    void saysWhatIsPastSavingAndNothingWhereTheQueueIsUnknown() {
        var before = step(State.INITIAL, queued(1, Reading.of(5000))).state();
        var cycle = step(before, queued(2, Reading.of(5000))).cycle();
        var found =
                Objects.requireNonNull(
                        Objects.requireNonNull(cycle.explanation().assessment()).pastSaving());
        var late = Objects.requireNonNull(status(cycle, null).pastSaving());

        assertThat(late.waitingRequests()).isEqualTo(5000);
        assertThat(late.requests()).isEqualTo(5000);
        assertThat(late.percent()).isEqualTo(100);
        assertThat(late.ttftBackSeconds())
                .isEqualTo(StatusText.rounded(found.backSeconds(), 0))
                .isPositive();
        assertThat(late.ttftBackWithDeadlineSeconds()).isZero();
        assertThat(late.text())
                .startsWith("5,000 of 5,000 waiting requests are past saving: a gateway deadline");

        var unread = step(State.INITIAL, queued(1, UNREAD)).state();
        assertThat(status(step(unread, queued(2, UNREAD)).cycle(), null).pastSaving()).isNull();
    }

    private static Snapshot queued(int windows, Reading requests) {
        var seen = Looks.steady(windows * Looks.WINDOW, 2, 1, FEW);
        var p = seen.prefill();
        return new Snapshot(
                seen.atSeconds(),
                seen.windowSeconds(),
                new PoolReading(
                        p.desired(),
                        p.ready(),
                        p.starting(),
                        p.pending(),
                        p.draining(),
                        p.failed(),
                        requests,
                        UNREAD,
                        p.runningRequests(),
                        p.waitingForKv(),
                        p.kvUsed(),
                        p.kvCapacityTokens()),
                seen.decode(),
                seen.traffic(),
                seen.warnings());
    }

    @Test
    void aRoleIsNamedOnlyWhereOneLimits() {
        var status = status(planned(3, 3, FEW, null).cycle(), null);

        assertThat(status.limitingRole()).isNull();
        assertThat(status.binding()).isEqualTo("none");
        assertThat(status.unservedPercent()).isZero();
    }

    @Test
    void everyLimitHasWordsOfItsOwn() {
        assertThat(List.of(Plan.Limit.values()))
                .extracting(Assessed::words)
                .containsExactly(
                        "prefill compute", "decode compute", "transfer", "kv", "budget", "none");
    }

    @Test
    void whatGrowsWithoutEndIsAbsentAndNeverInfinite() {
        var status = status(planned(5, 1, MANY, null).cycle(), null);

        assertThat(Objects.requireNonNull(Objects.requireNonNull(status.pools()).decode()))
                .satisfies(
                        decode -> {
                            assertThat(decode.itlMillis()).isNull();
                            assertThat(decode.askedRequestsPerSecond()).isNotNull();
                        });
        assertThat(Serialization.asJson(status)).doesNotContain("Infinity", "NaN");
    }

    @Test
    void theNextMoveHasItsGainAndItsGpus() {
        var cycle = planned(5, 1, MANY, null).cycle();
        var next = Objects.requireNonNull(status(cycle, null).nextMove());
        var found = Objects.requireNonNull(cycle.explanation().assessment());

        assertThat(next.from()).isEqualTo("5P1D");
        assertThat(next.to()).isEqualTo(found.end().pair().ratio());
        assertThat(next.gainPoints())
                .isEqualTo(
                        StatusText.rounded(
                                100 * (found.end().servedShare() - found.now().servedShare()), 1))
                .isGreaterThan(10);
        assertThat(next.gpus()).isZero();
        assertThat(next.heldBackBy()).isNull();
    }

    @Test
    void aMoveThatIsHeldBackSaysByWhat() {
        var status = status(planned(5, 1, MANY, PAUSED).cycle(), null);
        var next = Objects.requireNonNull(status.nextMove());

        assertThat(next.heldBackBy()).isEqualTo("PAUSED");
        assertThat(next.from()).isEqualTo("5P1D");
        assertThat(next.gainPoints()).isGreaterThan(10);
        assertThat(status.move()).isNull();
    }

    @Test
    void gpusThatWouldBeGivenBackAreCountedBelowZero() {
        var status = status(planned(3, 3, FEW, null).cycle(), null);
        var next = Objects.requireNonNull(status.nextMove());

        assertThat(next.gpus()).isNegative();
        assertThat(next.heldBackBy()).isEqualTo("SCALE_DOWN_STABILISING");
        assertThat(Objects.requireNonNull(status.guards()))
                .satisfies(
                        guards -> {
                            assertThat(guards.heldBy()).isEqualTo("SCALE_DOWN_STABILISING");
                            assertThat(guards.figures()).contains("_s ");
                            assertThat(guards.passed())
                                    .startsWith("FLEET_UNKNOWN")
                                    .anyMatch(said -> said.startsWith("IDLE"));
                        });
    }

    @Test
    void whereNothingIsBetterThereIsNoNextMove() {
        var first = planned(3, 3, MANY, null).cycle();
        var plan = Objects.requireNonNull(first.explanation().plan()).sizes();
        var status = status(planned(plan.prefill(), plan.decode(), MANY, null).cycle(), null);

        assertThat(status.nextMove()).isNull();
    }

    @Test
    void whatWasPlannedStandsWhileAMoveIsOpenAndWhenItHasEnded() {
        var begun = planned(5, 1, MANY, null);
        var before = StatusText.at(status(begun.cycle(), null), Instant.EPOCH);
        assertThat(condition(before, "ScalingLimited").reason()).isNotEqualTo("MoveInProgress");

        var move = Objects.requireNonNull(begun.state().move());
        var counts = begun.cycle().decision().counts();
        var draining =
                new FleetCounts(
                        Objects.requireNonNull(counts.prefill()),
                        Objects.requireNonNull(counts.prefill()),
                        0,
                        0,
                        5 - counts.prefill(),
                        0);
        var next =
                step(
                        begun.state(),
                        Looks.snapshot(3 * Looks.WINDOW, draining, FleetCounts.steady(1), MANY));
        var moving = status(next.cycle(), before);
        assertThat(next.cycle().open()).isNotNull();
        for (String type : List.of("SloReachable", "ScalingLimited")) {
            assertThat(condition(moving, type).status())
                    .isEqualTo(condition(before, type).status())
                    .isNotEqualTo("Unknown");
            assertThat(condition(moving, type).reason()).isEqualTo("MoveInProgress");
            assertThat(condition(moving, type).message())
                    .contains(condition(before, type).message());
            assertThat(condition(moving, type).lastTransitionTime())
                    .isEqualTo(Instant.EPOCH.toString());
        }
        var again = status(next.cycle(), moving);
        assertThat(condition(again, "SloReachable")).isEqualTo(condition(moving, "SloReachable"));

        var ended =
                step(
                        next.state(),
                        Looks.steady(
                                4 * Looks.WINDOW, move.to().prefill(), move.to().decode(), MANY));
        assertThat(ended.cycle().open()).isNull();
        assertThat(condition(status(ended.cycle(), moving), "ScalingLimited").status())
                .isEqualTo(condition(before, "ScalingLimited").status());
    }

    @Test
    void aLookThatMakesNoWindowTakesNothingBackWhileAMoveIsOpen() {
        var begun = planned(5, 1, MANY, null);
        var before = status(begun.cycle(), null);
        var next = step(begun.state(), Looks.blind(Looks.steady(70, 5, 1, MANY)));
        var moving = status(next.cycle(), before);

        assertThat(next.cycle().explanation().assessment()).isNull();
        assertThat(moving.pools()).isEqualTo(before.pools()).isNotNull();
        assertThat(moving.limitingRole()).isEqualTo("decode");
    }

    @Test
    void withoutTrafficTheModelIsSilentAndTheReasonIsSaid() {
        var status =
                status(
                        planned(3, 3, 0, null).cycle(),
                        status(planned(5, 1, MANY, null).cycle(), null));

        assertThat(status.pools()).isNull();
        assertThat(status.binding()).isNull();
        assertThat(condition(status, "SloReachable").status()).isEqualTo("Unknown");
        assertThat(condition(status, "SloReachable").message()).contains("idle");
        assertThat(Objects.requireNonNull(status.guards()).heldBy()).isEqualTo("IDLE");
    }

    @Test
    void aRefusalKeepsWhatWasKnown() {
        var known = status(planned(5, 1, MANY, null).cycle(), null);
        var refused = StatusText.refused(2L, new Refusal("SpecInvalid", "No."), known);

        assertThat(refused.observedGeneration()).isEqualTo(2);
        assertThat(refused.pools()).isEqualTo(known.pools());
        assertThat(refused.nextMove()).isEqualTo(known.nextMove());
        assertThat(condition(refused, "ScalingActive").reason()).isEqualTo("SpecInvalid");
    }

    @Test
    void aStatusOfAnEarlierVersionIsRead() {
        var old =
                Serialization.unmarshal(
                        """
                        apiVersion: ratematch.dev/v1alpha1
                        kind: RateMatcher
                        metadata: {name: old}
                        status:
                          limitingRole: budget
                          efficiencyLossPercent: 12.5
                          nextBestMove: Stay.
                          memory: kept
                        """,
                        RateMatcher.class);
        assertThat(old.getStatus().memory()).isEqualTo("kept");
        assertThat(status(planned(5, 1, MANY, null).cycle(), old.getStatus()).limitingRole())
                .isEqualTo("decode");
    }
}
