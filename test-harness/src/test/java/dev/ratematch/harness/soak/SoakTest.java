package dev.ratematch.harness.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import java.util.ArrayList;
import java.util.EnumSet;
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
}
