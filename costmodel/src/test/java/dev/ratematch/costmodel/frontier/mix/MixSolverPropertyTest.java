package dev.ratematch.costmodel.frontier.mix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class MixSolverPropertyTest {

    private record Pools(List<WorkerRate> prefill, List<WorkerRate> decode, int gpus) {}

    private record Brute(double served, int gpusUsed) {}

    private static void forEachSeed(int cases, Consumer<SplittableRandom> check) {
        Long only = Long.getLong("seed");
        long end = only == null ? cases : only + 1;
        for (long seed = only == null ? 0 : only; seed < end; seed++) {
            try {
                check.accept(new SplittableRandom(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Fails at -Dseed=%d".formatted(seed), e);
            }
        }
    }

    /// Rates are small integers now and then, so that ties are met.
    private static List<WorkerRate> workers(SplittableRandom random) {
        var workers = new ArrayList<WorkerRate>();
        boolean whole = random.nextBoolean();
        int kinds = 1 + random.nextInt(4);
        for (int i = 0; i < kinds; i++) {
            double rate = whole ? 1 + random.nextInt(6) : 0.05 + 10 * random.nextDouble();
            workers.add(new WorkerRate("w" + i, 1 + random.nextInt(8), rate));
        }
        return workers;
    }

    private static Pools pools(SplittableRandom random) {
        return new Pools(workers(random), workers(random), 2 + random.nextInt(26));
    }

    private static Brute bruteForce(Pools pools) {
        double[] p = new double[pools.gpus + 1];
        double[] d = new double[pools.gpus + 1];
        enumerate(pools.prefill, 0, 0, 0, p);
        enumerate(pools.decode, 0, 0, 0, d);
        double served = 0;
        int used = 0;
        for (int gp = 0; gp <= pools.gpus; gp++) {
            for (int gd = 0; gp + gd <= pools.gpus; gd++) {
                double both = Math.min(p[gp], d[gd]);
                if (both > served * (1 + 1e-9)
                        || (both >= served * (1 - 1e-9) && both > 0 && gp + gd < used)) {
                    served = Math.max(served, both);
                    used = gp + gd;
                }
            }
        }
        return new Brute(served, used);
    }

    /// Every multiset of workers, written to `best` under exactly the GPUs that it uses.
    private static void enumerate(
            List<WorkerRate> workers, int next, int gpus, double rate, double[] best) {
        best[gpus] = Math.max(best[gpus], rate);
        for (int w = next; w < workers.size(); w++) {
            int more = gpus + workers.get(w).gpus();
            if (more < best.length) {
                enumerate(workers, w, more, rate + workers.get(w).requestsPerSecond(), best);
            }
        }
    }

    @Test
    void noMixWithinTheBudgetServesMoreOrAsMuchOnFewerGpus() {
        forEachSeed(
                1_500,
                random -> {
                    var pools = pools(random);
                    var brute = bruteForce(pools);
                    switch (MixSolver.solve(pools.prefill, pools.decode, pools.gpus)) {
                        case MixSolver.Result.Best(var mix) -> {
                            assertThat(mix.servedRequestsPerSecond())
                                    .isCloseTo(brute.served, within(1e-9 * brute.served));
                            assertThat(mix.budgetGpus() - mix.idleGpus()).isEqualTo(brute.gpusUsed);
                            assertThat(mix.servedRequestsPerSecond())
                                    .isLessThanOrEqualTo(mix.boundRequestsPerSecond() * (1 + 1e-9));
                            assertSumsUp(mix);
                        }
                        case MixSolver.Result.TooFewGpus(int missing) -> {
                            assertThat(brute.served).isZero();
                            assertThat(
                                            MixSolver.solve(
                                                    pools.prefill,
                                                    pools.decode,
                                                    pools.gpus + missing))
                                    .isInstanceOf(MixSolver.Result.Best.class);
                        }
                    }
                });
    }

    private static void assertSumsUp(Mix mix) {
        double p = 0;
        for (var count : mix.prefill()) {
            assertThat(count.replicas()).isPositive();
            p += count.replicas() * count.worker().requestsPerSecond();
        }
        assertThat(mix.prefillRequestsPerSecond()).isCloseTo(p, within(1e-9 * p));
        assertThat(mix.idleGpus()).isNotNegative();
    }

    @Test
    void moreGpusNeverServeLess() {
        forEachSeed(
                300,
                random -> {
                    var pools = pools(random);
                    double before = 0;
                    for (int gpus = 16; gpus < 60; gpus++) {
                        var result = MixSolver.solve(pools.prefill, pools.decode, gpus);
                        assertThat(result).isInstanceOf(MixSolver.Result.Best.class);
                        double served =
                                ((MixSolver.Result.Best) result).mix().servedRequestsPerSecond();
                        assertThat(served).isGreaterThanOrEqualTo(before);
                        before = served;
                    }
                });
    }

    @Test
    void namesTheLimitingPoolAndLeavesUselessGpusIdle() {
        var prefill = List.of(new WorkerRate("p", 4, 10));
        var decode = List.of(new WorkerRate("d", 8, 10));
        var mix = ((MixSolver.Result.Best) MixSolver.solve(prefill, decode, 14)).mix();
        assertThat(mix.servedRequestsPerSecond()).isEqualTo(10);
        assertThat(mix.limit()).isEqualTo(Mix.Limit.EVEN);
        assertThat(mix.idleGpus()).isEqualTo(2);
        assertThat(mix.boundRequestsPerSecond()).isCloseTo(14 / 1.2, within(1e-12));
        var slower = List.of(new WorkerRate("d", 8, 9));
        var short_ = ((MixSolver.Result.Best) MixSolver.solve(prefill, slower, 14)).mix();
        assertThat(short_.limit()).isEqualTo(Mix.Limit.DECODE);
    }

    @Test
    void saysHowManyGpusAreMissing() {
        var prefill = List.of(new WorkerRate("p", 4, 10), new WorkerRate("q", 2, 1));
        var decode = List.of(new WorkerRate("d", 8, 10));
        assertThat(MixSolver.solve(prefill, decode, 7))
                .isEqualTo(new MixSolver.Result.TooFewGpus(3));
        assertThatThrownBy(() -> MixSolver.solve(prefill, List.of(), 7))
                .hasMessage("decode workers are missing; each role needs at least one.");
        assertThatThrownBy(() -> MixSolver.solve(prefill, decode, 0))
                .hasMessage("gpus (0) must be at least 1.");
    }
}
