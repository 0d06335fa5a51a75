package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.sample.ToyFleet;
import dev.ratematch.controller.spec.Behavior;
import dev.ratematch.controller.spec.Behavior.Direction;
import dev.ratematch.controller.spec.Behavior.Policy;
import dev.ratematch.controller.spec.Behavior.Rules;
import dev.ratematch.controller.spec.Behavior.Select;
import dev.ratematch.controller.spec.Behavior.Unit;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What bounds a change: `behavior` of each role, and the fewest GPUs.
class BehaviorTest {

    private static final Direction OFF = new Direction(null, List.of(), Select.DISABLED, 0);

    private static Direction replicas(int value, int periodSeconds) {
        return new Direction(
                null, List.of(new Policy(Unit.REPLICAS, value, periodSeconds)), Select.MAX, 0);
    }

    private static Direction window(int seconds) {
        return new Direction(seconds, List.of(), Select.MAX, 0);
    }

    private static Tuning bound(Rules prefill, Rules decode) {
        return Tuning.DEFAULT.with(new Behavior(prefill, decode));
    }

    /// A fleet that obeys at once and starves for prefill, with all 32 GPUs held, up to a moment.
    private static List<Step> starved(ServiceSpec spec, double until) {
        var controller = new Controller(spec, laws());
        var steps = new ArrayList<Step>();
        var state = State.INITIAL;
        var now = new Sizes(2, 14);
        for (double at = 30; at <= until; at += 30) {
            var step =
                    controller.step(
                            state,
                            snapshot(
                                    at,
                                    pool(
                                            FleetCounts.steady(now.prefill()),
                                            now.prefill() < 6 ? at * 20 : 0,
                                            5),
                                    pool(FleetCounts.steady(now.decode()), 0, 30),
                                    traffic(1500)));
            state = step.state();
            now = Objects.requireNonNull(step.decision().counts().sizes());
            assertThat(spec.gpus(now)).isLessThanOrEqualTo(spec.budgetGpus());
            steps.add(step);
        }
        return steps;
    }

    private static Sizes end(List<Step> steps) {
        return Objects.requireNonNull(steps.getLast().decision().counts().sizes());
    }

    private static List<Reason> reasons(List<Step> steps) {
        return steps.stream().map(step -> step.decision().reason()).toList();
    }

    private static Verdict verdict(Step step, Reason guard) {
        return step.cycle().verdicts().stream()
                .filter(verdict -> verdict.guard() == guard)
                .findFirst()
                .orElseThrow();
    }

    private static Step grown(Tuning tuning) {
        var controller = new Controller(spec(32, tuning), laws());
        var first = controller.step(State.INITIAL, steady(30, 1, 1, 900));
        return controller.step(first.state(), steady(60, 1, 1, 900));
    }

    @Test
    void growthIsNoFasterThanItsPolicy() {
        var free = Objects.requireNonNull(grown(Tuning.DEFAULT).state().move()).to();
        assertThat(free.prefill()).isGreaterThan(2);
        var rules = new Rules(replicas(1, 60), Direction.FREE);
        var step = grown(bound(rules, Rules.NONE));
        var move = Objects.requireNonNull(step.state().move());
        assertThat(step.decision().reason()).isEqualTo(Reason.GROW);
        assertThat(move.to()).isEqualTo(new Sizes(2, free.decode()));
    }

    @Test
    void aDirectionThatIsOffIsHeldWithItsNumbers() {
        var rules = new Rules(OFF, Direction.FREE);
        var step = grown(bound(rules, rules));
        assertThat(step.decision().reason()).isEqualTo(Reason.SCALING_POLICY);
        assertThat(step.explanation().text())
                .contains(
                        "behavior.decode.scaleUp (selectPolicy Disabled) allows 1 decode replicas");
        assertThat(verdict(step, Reason.SCALING_POLICY).figures())
                .anyMatch(f -> f.name().equals("most_decode_replicas") && f.value() == 1);
    }

    @Test
    void aReceiverThatMayTakeLessTakesLessFromTheDonor() {
        var free = starved(spec(32), 300);
        assertThat(end(free).prefill()).isGreaterThan(5);
        var rules = new Rules(replicas(1, 1800), Direction.FREE);
        var bound = starved(spec(32, bound(rules, Rules.NONE)), 900);
        assertThat(end(bound)).isEqualTo(new Sizes(3, 13));
        assertThat(reasons(bound)).contains(Reason.REBALANCE, Reason.SCALING_POLICY);
    }

    @Test
    void aMoveNeverOnlyTakes() {
        var mayNotGrow = new Rules(OFF, Direction.FREE);
        var noGrowth = starved(spec(32, bound(mayNotGrow, Rules.NONE)), 900);
        assertThat(end(noGrowth)).isEqualTo(new Sizes(2, 14));
        assertThat(reasons(noGrowth))
                .contains(Reason.SCALING_POLICY)
                .doesNotContain(Reason.REBALANCE);
        var mayNotShrink = new Rules(Direction.FREE, OFF);
        var noGift = starved(spec(32, bound(Rules.NONE, mayNotShrink)), 900);
        assertThat(end(noGift)).isEqualTo(new Sizes(2, 14));
        assertThat(reasons(noGift)).contains(Reason.SCALING_POLICY);
    }

    @Test
    void aChangeWithinToleranceOfBothRolesIsNotMade() {
        var all = new Direction(null, List.of(), Select.MAX, 1);
        var rules = new Rules(all, all);
        assertThat(end(starved(spec(32, bound(Rules.NONE, rules)), 900)))
                .isEqualTo(new Sizes(2, 14));
    }

    @Test
    void aWindowThatIsSetHoldsRebalancesToo() {
        var rules = new Rules(Direction.FREE, window(240));
        var steps = starved(spec(32, bound(Rules.NONE, rules)), 600);
        int held = reasons(steps).indexOf(Reason.SCALING_POLICY);
        int begun = reasons(steps).indexOf(Reason.REBALANCE);
        assertThat(held).isPositive();
        assertThat(begun - held).isEqualTo(240 / 30);
    }

    @Test
    void gpusAreGivenBackByTheRolesOwnWindows() {
        for (int seconds : new int[] {0, 90, 600}) {
            var rules = new Rules(Direction.FREE, window(seconds));
            var controller = new Controller(spec(32, bound(rules, rules)), laws());
            var state = State.INITIAL;
            double shrunk = -1;
            for (double at = 30; at <= 1200 && shrunk < 0; at += 30) {
                var step = controller.step(state, steady(at, 5, 5, 60));
                state = step.state();
                shrunk = step.decision().reason() == Reason.SHRINK ? at : -1;
            }
            assertThat(shrunk).isEqualTo(60 + seconds);
        }
    }

    @Test
    void theFleetIsNeverShrunkBelowTheMinimum() {
        var controller = new Controller(spec(32).withMinBudget(16), laws());
        var state = State.INITIAL;
        var now = new Sizes(5, 5);
        Step last = null;
        for (double at = 30; at <= 1800; at += 30) {
            last = controller.step(state, steady(at, now.prefill(), now.decode(), 60));
            state = last.state();
            now = Objects.requireNonNull(last.decision().counts().sizes());
        }
        assertThat(now.prefill() + now.decode()).isEqualTo(8);
        var held = Objects.requireNonNull(last);
        assertThat(held.decision().reason()).isEqualTo(Reason.MINIMUM_BUDGET);
        assertThat(held.explanation().text()).contains("the fleet must hold at least 16");
        assertThat(verdict(held, Reason.MINIMUM_BUDGET).figures())
                .anyMatch(f -> f.name().equals("least_gpus") && f.value() == 16);
    }

    @Test
    void withOneBudgetForBothReplicasOnlyChangeSides() {
        int rebalances = 0;
        for (int seed = 0; seed < 40; seed++) {
            var random = new SplittableRandom(seed);
            int prefillGpus = 1 << random.nextInt(3);
            int decodeGpus = 1 << random.nextInt(3);
            int p = 2 + random.nextInt(8);
            int d = 2 + random.nextInt(8);
            int budget = p * prefillGpus + d * decodeGpus;
            var service =
                    spec(budget, prefillGpus, decodeGpus, Tuning.DEFAULT).withMinBudget(budget);
            rebalances += random(service, new Sizes(p, d), random, seed, true);
        }
        assertThat(rebalances).isGreaterThan(20);
    }

    @Test
    void noPolicyIsExceededWhateverTheTrafficDoes() {
        int begun = 0;
        for (int seed = 0; seed < 40; seed++) {
            var random = new SplittableRandom(seed);
            var up = replicas(1 + random.nextInt(3), 60 + 60 * random.nextInt(5));
            var down = replicas(1 + random.nextInt(3), 60 + 60 * random.nextInt(5));
            var rules = new Rules(up, down);
            var tuning = bound(rules, rules).with(Option.SCALE_DOWN_WINDOW_SECONDS, 60);
            begun += random(spec(40, 2, 2, tuning), new Sizes(6, 6), random, seed, false);
        }
        assertThat(begun).isGreaterThan(60);
    }

    /// Two hours of changing load on a fleet that starts and drains. Counts the moves.
    private static int random(
            ServiceSpec service, Sizes start, SplittableRandom random, int seed, boolean fixed) {
        var controller = new Controller(service, laws());
        var prefill = new ToyFleet(start.prefill(), 0, random.split());
        var decode = new ToyFleet(start.decode(), 0, random.split());
        var state = State.INITIAL;
        var history = new ArrayList<Sizes>();
        double rate = 20;
        double input = 3000;
        int begun = 0;
        for (double at = 15; at < 7200; at += 15) {
            if (random.nextInt(40) == 0) {
                rate = random.nextDouble(0.5, 120);
                input = random.nextDouble(200, 8000);
            }
            prefill.runUntil(at);
            decode.runUntil(at);
            var output = Reading.of(8_000_000 / (input * input / 100 + 5000));
            double queue = random.nextInt(3) == 0 ? 0 : 20 * rate;
            var snapshot =
                    new Snapshot(
                            at,
                            Reading.of(15),
                            pool(prefill.counts(at), queue, 1),
                            pool(decode.counts(at), 0, 30),
                            traffic(Reading.of(15 * rate), Reading.of(input), output),
                            List.of());
            var open = state.move();
            var step = controller.step(state, snapshot);
            state = step.state();
            var reason = step.decision().reason();
            var move = state.move();
            if (open == null && move != null) {
                begun++;
            }
            if (fixed) {
                assertThat(reason).isNotIn(Reason.GROW, Reason.SHRINK, Reason.OVER_BUDGET);
                if (move != null) {
                    assertThat(service.gpus(move.to()))
                            .as("seed %d at %s s: %s", seed, at, move)
                            .isEqualTo(service.budgetGpus());
                }
            } else if (reason == Reason.COMPENSATING || reason == Reason.INEFFECTIVE) {
                // What is taken back is not bound.
                history.clear();
            } else {
                var now = Objects.requireNonNull(step.decision().counts().sizes());
                history.add(now);
                within(service, history, seed);
            }
            var counts = Objects.requireNonNull(step.decision().counts().sizes());
            prefill.command(counts.prefill(), at);
            decode.command(counts.decode(), at);
        }
        return begun;
    }

    private static void within(ServiceSpec service, List<Sizes> history, int seed) {
        var rules = service.tuning().behavior().prefill();
        var up = rules.scaleUp().policies().getFirst();
        var down = rules.scaleDown().policies().getFirst();
        var now = history.getLast();
        var before = history.get(Math.max(0, history.size() - 1 - up.periodSeconds() / 15));
        var earlier = history.get(Math.max(0, history.size() - 1 - down.periodSeconds() / 15));
        var last = history.get(Math.max(0, history.size() - 2));
        if (now.prefill() > last.prefill()) {
            assertThat(now.prefill() - before.prefill())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(up.value());
        }
        if (now.prefill() < last.prefill()) {
            assertThat(earlier.prefill() - now.prefill())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(down.value());
        }
    }
}
