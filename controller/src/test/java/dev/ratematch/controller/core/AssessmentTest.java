package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Resolution;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.queue.Residence;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is shown of a cycle is what it was decided with.
class AssessmentTest {

    private static final ServiceSpec SPEC = spec(32);
    private static final Controller CONTROLLER = new Controller(SPEC, laws());
    private static final Interlock LOCK = new Interlock(Reason.CONFLICT, "Somebody else scales.");

    private static Step after(int cycles, int replicas, int arrived) {
        var state = State.INITIAL;
        for (int i = 1; i < cycles; i++) {
            state = CONTROLLER.step(state, steady(30 * i, replicas, replicas, arrived)).state();
        }
        return CONTROLLER.step(state, steady(30 * cycles, replicas, replicas, arrived));
    }

    private static Assessment assessed(Step step) {
        return Objects.requireNonNull(step.explanation().assessment(), "assessed");
    }

    @Test
    void bothPairsAreForecastWithTheCapacityOfTheDecision() {
        var step = after(2, 2, 900);
        var why = step.explanation();
        var plan = Objects.requireNonNull(why.plan(), "plan");
        var found = assessed(step);

        assertThat(found.expected()).isEqualTo(why.estimate());
        assertThat(found.demand()).isEqualTo(why.demand());
        assertThat(found.now().pair()).isEqualTo(new Sizes(2, 2));
        assertThat(found.now().servedShare()).isEqualTo(why.servedShare()).isLessThan(1);
        assertThat(found.end().pair())
                .isEqualTo(step.cycle().end())
                .isEqualTo(new Sizes(plan.prefill(), plan.decode()));
        assertThat(found.end().servedShare()).isEqualTo(plan.servedShare());
        assertThat(found.end().requestsPerSecond()).isEqualTo(plan.capacityRequestsPerSecond());
        assertThat(found.end().binding()).isEqualTo(Plan.Limit.NONE);
        assertThat(found.end().lossShare())
                .isCloseTo(
                        1 - plan.capacityRequestsPerSecond() / plan.continuousRequestsPerSecond(),
                        within(1e-9));
        for (var role : Role.values()) {
            var pool = found.now().of(role);
            assertThat(pool.batch()).isGreaterThanOrEqualTo(1);
            assertThat(pool.fullRequestsPerSecond())
                    .isGreaterThanOrEqualTo(pool.requestsPerSecond());
        }
    }

    @Test
    void decodeSaysHowMuchOfItsKvItsBatchHolds() {
        var now = assessed(after(2, 2, 900)).now();
        assertThat(now.prefill().kvFill()).isNull();
        assertThat(now.decode().kvFill()).isBetween(0.01, Residence.HEADROOM);
    }

    @Test
    void oneMoreReplicaIsWorthSomethingOnlyToThePoolThatBinds() {
        var now = assessed(after(2, 2, 900)).now();
        boolean prefillBinds = now.binding() == Plan.Limit.PREFILL;
        assertThat(prefillBinds ? now.prefillWorth() : now.decodeWorth()).isPositive();
        assertThat(prefillBinds ? now.decodeWorth() : now.prefillWorth()).isZero();
    }

    @Test
    void justAboveItsGrowthAnotherPairIsPlannedAndAtItsSavingLessSuffices() {
        var step = after(2, 4, 300);
        var why = step.explanation();
        var found = assessed(step);
        var growth = Objects.requireNonNull(found.end().growth(), "growth");
        var saving = Objects.requireNonNull(found.end().saving(), "saving");
        var capacity = why.calibration().capacity(SPEC, laws(), found.expected());
        double margin = 1 + SPEC.tuning().demandMargin();

        double above = 1.05 * growth.requestsPerSecond() * margin;
        var least = Planner.solve(SPEC, capacity, new Demand(above, above)).sizes();
        assertThat(growth.to()).isNotEqualTo(found.end().pair());
        assertThat(growth.to().prefill()).isGreaterThanOrEqualTo(least.prefill());
        assertThat(growth.to().decode()).isGreaterThanOrEqualTo(least.decode());
        double enough = saving.requestsPerSecond() * margin;
        assertThat(Planner.servedShare(capacity, new Demand(enough, enough), saving.to())).isOne();
        assertThat(saving.requestsPerSecond()).isLessThanOrEqualTo(growth.requestsPerSecond());
    }

    /// What is named as better carries more; where nothing does, the pair itself stands there, and
    /// where it carries nothing within the promise, nothing.
    @Test
    void noPairIsNamedForGrowthThatCarriesNoMore() {
        int named = 0;
        for (double ttft : new double[] {2, 0.2, 0.12, 0.1, 0.08, 0.05, 0.02}) {
            var spec = spec(16).promising(new Slo(ttft, 0.04, 95));
            for (int arrived : new int[] {60, 300, 900, 3000}) {
                for (int replicas = 1; replicas <= 4; replicas++) {
                    var fleet = steady(30, replicas, replicas, arrived);
                    var first = new Controller(spec, laws()).step(State.INITIAL, fleet);
                    var next = steady(60, replicas, replicas, arrived);
                    var why = new Controller(spec, laws()).step(first.state(), next).explanation();
                    var found = Objects.requireNonNull(why.assessment(), "assessed");
                    var capacity = why.calibration().capacity(spec, laws(), found.expected());
                    var growth = found.now().growth();
                    if (growth == null) {
                        assertThat(Planner.carries(capacity, found.now().pair())).isZero();
                    } else if (!growth.to().equals(found.now().pair())) {
                        named++;
                        var pair = found.now().pair();
                        var to = growth.to();
                        assertThat(spec.gpus(to)).isLessThanOrEqualTo(16);
                        // Nothing is given up that the budget has room for.
                        assertThat(
                                        spec.gpus(to) + 2 > 16
                                                || (to.prefill() >= pair.prefill()
                                                        && to.decode() >= pair.decode()))
                                .as("%s of %s", to, pair)
                                .isTrue();
                        assertThat(Planner.carries(capacity, growth.to()))
                                .as("%s of %s at a TTFT of %s s", growth, found.now().pair(), ttft)
                                .isGreaterThan(growth.requestsPerSecond() * 1.0001)
                                .isGreaterThan(Planner.carries(capacity, found.now().pair()));
                    }
                }
            }
        }
        assertThat(named).isPositive();
    }

    @Test
    void underAnInterlockTheEndIsThePairThatStays() {
        var before = CONTROLLER.step(State.INITIAL, steady(30, 2, 2, 900)).state();
        var step = CONTROLLER.step(before, steady(60, 2, 2, 900), Conduct.CONTROL, LOCK);
        assertThat(step.decision().reason()).isEqualTo(Reason.CONFLICT);
        assertThat(assessed(step).end()).isEqualTo(assessed(step).now());
    }

    @Test
    void anOpenMoveIsAssessedWithoutAPlanAndWarmingUpIsNot() {
        var step = after(2, 2, 900);
        var moving = CONTROLLER.step(step.state(), steady(90, 2, 2, 900));
        assertThat(moving.decision().reason()).isEqualTo(Reason.MOVE_IN_PROGRESS);
        assertThat(moving.explanation().plan()).isNull();
        assertThat(assessed(moving).end().pair()).isEqualTo(moving.cycle().end());
        assertThat(after(1, 2, 900).explanation().assessment()).isNull();
    }

    @Test
    void everythingThatIsMissingSpeaksAgainstIt() {
        var found = assessed(after(2, 2, 900)).confidence();
        assertThat(found.because()).contains("only 2 windows were usable");
        assertThat(found.less("another").because())
                .hasSize(found.because().size() + 1)
                .endsWith("another");
        assertThat(Confidence.none("no plan").level()).isEqualTo(Confidence.Level.LOW);
    }

    @Test
    void aModelThatMissesByFourTimesDoesNotDescribeTheService() {
        var state = CONTROLLER.step(State.INITIAL, slow(30, 0.008)).state();
        assertThat(assessed(CONTROLLER.step(state, slow(60, 0.008))).confidence().because())
                .noneMatch(b -> b.contains("does not describe"));
        var far = assessed(CONTROLLER.step(state, slow(60, 0.12))).confidence();
        assertThat(far.level()).isEqualTo(Confidence.Level.LOW);
        assertThat(far.because().getFirst()).contains("does not describe this service");
    }

    @Test
    void aPromiseThatIsMeasuredToBeBrokenIsABreachWhateverTheModelSays() {
        var kept = CONTROLLER.step(State.INITIAL, slow(30, 0.02)).cycle();
        assertThat(kept.breaches()).isEmpty();
        var broken = CONTROLLER.step(State.INITIAL, slow(30, 0.04)).cycle().breaches();
        assertThat(broken).extracting(Breach::promise).containsExactly("ITL");
        assertThat(broken.getFirst().promisedSeconds()).isEqualTo(0.03);
    }

    @Test
    void aQuantileBreaksAPromiseOnlyWhereItsWholeBucketIsBeyondIt() {
        var slo = SPEC.slo();
        assertThat(Breach.of(slo, tail(0.035, new TrafficReading.Bucket(0.025, 0.05, 20))))
                .isEmpty();
        assertThat(Breach.of(slo, tail(0.06, new TrafficReading.Bucket(0.05, 0.075, 20))))
                .hasSize(1);
        assertThat(Breach.of(slo, tail(0.035, null))).hasSize(1);
    }

    /// A quantile of ITL, read from a bucket or told as it is.
    private static Snapshot tail(double itlSeconds, TrafficReading.@Nullable Bucket bucket) {
        var seen = slow(30, 0.02);
        var t = seen.traffic();
        return snapshot(
                30,
                seen.prefill(),
                seen.decode(),
                new TrafficReading(
                        t.arrived(),
                        false,
                        t.completed(),
                        t.rejected(),
                        t.inputTokensMean(),
                        t.inputTokensCv2(),
                        t.uncachedInputTokensMean(),
                        t.outputTokensMean(),
                        t.outputTokensCv2(),
                        t.ttftMeanSeconds(),
                        t.ttftQuantileSeconds(),
                        t.itlMeanSeconds(),
                        Reading.of(itlSeconds),
                        t.prefillSecondsMean(),
                        t.kvHitRate(),
                        t.acceptLength(),
                        t.localPrefillShare(),
                        t.kvTransferSecondsMean(),
                        List.of(),
                        t.flow(),
                        new Resolution(null, bucket)));
    }

    /// A fleet at rest whose mean ITL is measured.
    private static Snapshot slow(double at, double itlSeconds) {
        var u = new Reading.Unknown("not given");
        var itl = Reading.of(itlSeconds);
        return snapshot(
                at,
                pool(FleetCounts.steady(4), 0, 1),
                pool(FleetCounts.steady(4), 0, 30),
                new TrafficReading(
                        Reading.of(300),
                        false,
                        u,
                        u,
                        Reading.of(3000),
                        u,
                        u,
                        Reading.of(250),
                        u,
                        u,
                        u,
                        itl,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of()));
    }
}
