package dev.ratematch.sizing.launch;

import dev.ratematch.controller.observe.Role;

/// How long an engine that is told to end may go on with what it runs.
public final class Shutdown {

    /// The mean answer times this is taken for the longest, since a plan knows means only: the 99th
    /// percentile of exponential lengths is 4.6 times their mean (ln 100).
    private static final double LONGEST_OVER_MEAN = Math.log(100);

    private static final int STEP_SECONDS = 30;
    private static final int LEAST_SECONDS = 60;

    private Shutdown() {}

    /// Seconds that a replica of a pool needs for the longest request: prefill for its prompt and
    /// until decode has read its KV, decode for its answer.
    public static int seconds(PlannedFleet fleet, Pool pool) {
        double mean =
                pool.role() == Role.PREFILL
                        ? fleet.ttftSeconds()
                        : fleet.itlSeconds() * fleet.load().outputTokens();
        int steps = (int) Math.ceil(LONGEST_OVER_MEAN * mean / STEP_SECONDS);
        return Math.max(LEAST_SECONDS, steps * STEP_SECONDS);
    }
}
