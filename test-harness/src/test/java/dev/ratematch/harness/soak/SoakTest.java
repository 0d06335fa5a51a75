package dev.ratematch.harness.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SoakTest {

    private static final int SEEDS = 200;

    @Test
    void whateverHappensTheLoopHolds() {
        var outcomes = LongStream.range(0, SEEDS).parallel().mapToObj(Run::of).toList();
        var failures = new ArrayList<String>();
        var reasons = EnumSet.noneOf(Reason.class);
        for (int seed = 0; seed < SEEDS; seed++) {
            var outcome = outcomes.get(seed);
            reasons.addAll(outcome.reasons().keySet());
            for (var breach : outcome.breaches()) {
                failures.add("seed %d, %s".formatted(seed, breach));
            }
        }
        assertThat(failures).as("try one alone with: make soak SEED=N").isEmpty();
        assertThat(reasons)
                .as("what the seeds reach")
                .contains(
                        Reason.GROW,
                        Reason.SHRINK,
                        Reason.REBALANCE,
                        Reason.MOVE_IN_PROGRESS,
                        Reason.OVER_BUDGET,
                        Reason.TELEMETRY_UNKNOWN,
                        Reason.PAUSED,
                        Reason.IDLE);
    }

    /// Each of them moved twice or more in half an hour of steady load once.
    @Test
    void fleetsThatDidNotRestDo() {
        var seeds =
                LongStream.of(
                        1688, 5208, 352, 1632, 3440, 4280, 5776, 7048, 7064, 9056, 9248, 9288,
                        9456);
        var restless =
                seeds.parallel()
                        .mapToObj(
                                seed ->
                                        Run.of(seed).restless().stream()
                                                .map(what -> "seed %d, %s".formatted(seed, what))
                                                .toList())
                        .flatMap(List::stream)
                        .toList();
        assertThat(restless).as("try one alone with: make soak SEED=N").isEmpty();
    }
}
