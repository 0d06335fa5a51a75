package dev.ratematch.costmodel.frontier.mix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PlacementPropertyTest {

    @Test
    void keepsStagesInsideADomain() {
        var rack = new Placement(72, 144);
        assertThat(rack.fits(new int[] {64, 64, 8, 8})).isTrue();
        assertThat(rack.fits(new int[] {64, 64, 16})).isFalse();
        assertThat(rack.fits(new int[] {32, 32, 32, 32, 8, 8})).isTrue();
        assertThat(rack.capacity(16)).isEqualTo(128);
        assertThat(new Placement(8, 20).fits(new int[] {8, 8, 4})).isTrue();
        assertThat(new Placement(8, 20).fits(new int[] {8, 8, 8})).isFalse();
    }

    /// Domains of 6 with workers of 1, 2 and 4 GPUs: those of 4 leave gaps of 2, as wide workers do
    /// in racks of 72.
    @Test
    void noPlaceableMixServesMore() {
        Long only = Long.getLong("seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? 150 : only + 1); seed++) {
            var random = new SplittableRandom(seed);
            var prefill = workers(random);
            var decode = workers(random);
            var placement = new Placement(6, 6 * (1 + random.nextInt(4)));
            var placed =
                    PlacedMix.solve(
                            new PlacedMix.Pools(prefill, decode, WorkerRate::gpus, placement));
            double brute = bruteForce(prefill, decode, placement);
            assertThat(placed == null ? 0 : placed.mix().servedRequestsPerSecond())
                    .as("-Dseed=%d", seed)
                    .isCloseTo(brute, within(1e-9 * brute + 1e-12));
            if (placed != null) {
                assertThat(placed.exact()).isTrue();
                assertThat(placed.mix().idleGpus()).isNotNegative();
            }
        }
    }

    private static List<WorkerRate> workers(SplittableRandom random) {
        var workers = new ArrayList<WorkerRate>();
        for (int gpus = 1; gpus <= 4; gpus *= 2) {
            if (random.nextInt(4) > 0 || (gpus == 4 && workers.isEmpty())) {
                workers.add(new WorkerRate("w" + gpus, gpus, gpus * (0.5 + random.nextDouble())));
            }
        }
        return workers;
    }

    private static double bruteForce(
            List<WorkerRate> prefill, List<WorkerRate> decode, Placement placement) {
        double best = 0;
        for (int[] p : combinations(prefill, placement.budgetGpus())) {
            for (int[] d : combinations(decode, placement.budgetGpus())) {
                var pieces = new ArrayList<Integer>();
                double served = Math.min(add(prefill, p, pieces), add(decode, d, pieces));
                int[] all = pieces.stream().mapToInt(i -> i).toArray();
                if (served > best
                        && Arrays.stream(all).sum() <= placement.budgetGpus()
                        && placement.fits(all)) {
                    best = served;
                }
            }
        }
        return best;
    }

    private static double add(List<WorkerRate> workers, int[] counts, List<Integer> pieces) {
        double rate = 0;
        for (int w = 0; w < counts.length; w++) {
            rate += counts[w] * workers.get(w).requestsPerSecond();
            for (int i = 0; i < counts[w]; i++) {
                pieces.add(workers.get(w).gpus());
            }
        }
        return rate;
    }

    private static List<int[]> combinations(List<WorkerRate> workers, int gpus) {
        List<int[]> all = new ArrayList<>();
        all.add(new int[workers.size()]);
        for (int w = 0; w < workers.size(); w++) {
            var more = new ArrayList<int[]>();
            for (int[] counts : all) {
                int used = 0;
                for (int i = 0; i < w; i++) {
                    used += counts[i] * workers.get(i).gpus();
                }
                for (int n = 0; used + n * workers.get(w).gpus() <= gpus; n++) {
                    int[] next = counts.clone();
                    next[w] = n;
                    more.add(next);
                }
            }
            all = more;
        }
        return all;
    }
}
