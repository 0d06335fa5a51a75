package dev.ratematch.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.sample.Samples;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final double SAME = 1e-6;

    private record Option(int p, int d, double served, int gpus, int moved, double imbalance) {}

    @Test
    void agrees_with_brute_force_on_random_services() {
        var random = new SplittableRandom(20261124);
        int moved = 0;
        for (int i = 0; i < 500; i++) {
            var spec = randomSpec(random);
            var load = randomLoad(random);
            var capacity = new Capacity(spec, randomLaws(random), load);
            if (capacity.unreachable()) {
                continue;
            }
            var demand =
                    new Demand(
                            load.requestsPerSecond() * random.nextDouble(1, 1.5),
                            load.requestsPerSecond() * random.nextDouble(1, 1.5));
            var now = new Sizes(random.nextInt(1, 8), random.nextInt(1, 8));
            var best = bruteForce(spec, capacity, demand, now);
            var plan = Planner.solve(spec, capacity, demand);
            assertThat(plan.gpus()).isLessThanOrEqualTo(spec.budgetGpus());
            assertThat(plan.servedShare()).as("case %d", i).isCloseTo(best.served, withinShare());
            assertThat(new Sizes(plan.prefill(), plan.decode()))
                    .as("case %d: %s", i, best)
                    .isEqualTo(new Sizes(best.p, best.d));
            moved += best.moved;
        }
        assertThat(moved).as("the cases are not all trivial").isGreaterThan(500);
    }

    private static Offset<Double> withinShare() {
        return within(SAME);
    }

    /// All pairs, filtered criterion by criterion: nothing in common with the planner's search.
    private static Option bruteForce(
            ServiceSpec spec, Capacity capacity, Demand demand, Sizes now) {
        var options = new ArrayList<Option>();
        for (int p = spec.prefill().minReplicas(); p <= spec.prefill().maxReplicas(); p++) {
            for (int d = spec.decode().minReplicas(); d <= spec.decode().maxReplicas(); d++) {
                int gpus = p * spec.prefill().gpusPerReplica() + d * spec.decode().gpusPerReplica();
                if (gpus > spec.budgetGpus()) {
                    continue;
                }
                double forP = capacity.prefillRequestsPerSecond(p);
                double forD = capacity.decodeRequestsPerSecond(d);
                double kv = capacity.transferRequestsPerSecond(p, d);
                double served = 1;
                served = Math.min(served, forP / demand.prefillRequestsPerSecond());
                served = Math.min(served, kv / demand.prefillRequestsPerSecond());
                served = Math.min(served, forD / demand.decodeRequestsPerSecond());
                int moved = Math.abs(p - now.prefill()) + Math.abs(d - now.decode());
                double high = Math.max(forP, forD);
                options.add(
                        new Option(
                                p,
                                d,
                                served,
                                gpus,
                                moved,
                                high > 0 ? (high - Math.min(forP, forD)) / high : 0));
            }
        }
        double most = options.stream().mapToDouble(Option::served).max().orElseThrow();
        options.removeIf(o -> o.served < most * (1 - SAME));
        int fewest = options.stream().mapToInt(Option::gpus).min().orElseThrow();
        options.removeIf(o -> o.gpus > fewest);
        int nearest = options.stream().mapToInt(Option::moved).min().orElseThrow();
        options.removeIf(o -> o.moved > nearest);
        return options.stream().min(Comparator.comparingDouble(Option::imbalance)).orElseThrow();
    }

    @Test
    void says_what_binds() {
        var capacity = new Capacity(Samples.spec(64), Samples.laws(), Samples.load(10));
        var now = new Sizes(1, 1);
        var calm = Planner.solve(Samples.spec(64), capacity, new Demand(10, 10));
        assertThat(calm.limiting()).isEqualTo(Plan.Limit.NONE);
        assertThat(calm.servedShare()).isEqualTo(1);
        var spec = Samples.spec(8);
        var storm = Planner.solve(spec, capacity, new Demand(500, 500));
        assertThat(storm.limiting()).isEqualTo(Plan.Limit.BUDGET);
        assertThat(storm.gpus()).isEqualTo(8);
        assertThat(Planner.limitingNow(capacity, new Demand(30, 1), now))
                .isEqualTo(Plan.Limit.PREFILL);
        assertThat(Planner.limitingNow(capacity, new Demand(1, 90), now))
                .isEqualTo(Plan.Limit.DECODE);
        assertThat(Planner.limitingNow(capacity, new Demand(1, 1), now)).isEqualTo(Plan.Limit.NONE);
    }

    @Test
    void an_unreachable_promise_is_said_and_sized_for_throughput() {
        Laws slow = new Laws((tokens, _) -> 3 + 1e-4 * tokens, Samples.laws().decode());
        var spec = Samples.spec(16);
        var capacity = new Capacity(spec, slow, Samples.load(5));
        var plan = Planner.solve(spec, capacity, new Demand(5, 5));
        assertThat(plan.unreachable()).isTrue();
        assertThat(capacity.prefillRequestsPerSecond(8)).isZero();
        assertThat(plan.prefill()).isGreaterThan(plan.decode());
    }

    private static ServiceSpec randomSpec(SplittableRandom random) {
        int prefillGpus = random.nextInt(1, 5);
        int decodeGpus = random.nextInt(1, 9);
        int minP = random.nextInt(1, 3);
        int minD = random.nextInt(1, 3);
        int smallest = minP * prefillGpus + minD * decodeGpus;
        return new ServiceSpec(
                new Slo(random.nextDouble(0.8, 6), random.nextDouble(0.015, 0.06), 95),
                smallest + random.nextInt(60),
                new PoolSpec(prefillGpus, minP, minP + random.nextInt(20), 60, 10, 8192, 256, 1e6),
                new PoolSpec(decodeGpus, minD, minD + random.nextInt(20), 60, 60, 8192, 256, 1e6),
                new KvLink(random.nextDouble(2e9, 50e9), KvLink.Mode.PULL, 0.002),
                random.nextDouble(5e4, 4e5),
                80,
                Tuning.DEFAULT);
    }

    private static Laws randomLaws(SplittableRandom random) {
        double perToken = random.nextDouble(1e-5, 1e-4);
        double base = random.nextDouble(0.004, 0.012);
        return new Laws(
                (tokens, squares) -> 0.005 + perToken * tokens + 1e-10 * squares,
                (sequences, resident) -> base + 4e-5 * sequences + 2.5e-8 * resident);
    }

    private static WorkloadEstimate randomLoad(SplittableRandom random) {
        double input = random.nextDouble(200, 8000);
        return new WorkloadEstimate(
                random.nextDouble(1, 80),
                input,
                input * random.nextDouble(0.3, 1),
                random.nextDouble(2),
                random.nextDouble(20, 2000),
                random.nextDouble(2),
                random.nextDouble(1, 10),
                30,
                1,
                0,
                0,
                0,
                10);
    }
}
