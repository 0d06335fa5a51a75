package dev.ratematch.harness.exposition;

import dev.ratematch.harness.sim.UpperBounds;

/// Upper bounds of an engine's histograms, without `+Inf`.
///
/// @param firstToken TTFT, seconds
/// @param token ITL and time per output token, seconds
/// @param stage queue and decode time, seconds
/// @param prefill prefill time, seconds
/// @param transfer KV transfer time, in that engine's unit
/// @param transferPerSecond that unit: 1 for seconds, 1000 for milliseconds
/// @param length tokens of a prompt or an answer
record Buckets(
        UpperBounds firstToken,
        UpperBounds token,
        UpperBounds stage,
        UpperBounds prefill,
        UpperBounds transfer,
        double transferPerSecond,
        UpperBounds length) {

    private static final UpperBounds VLLM_FIRST_TOKEN =
            UpperBounds.of(
                    .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20,
                    40, 80, 160, 640, 2560);
    private static final UpperBounds VLLM_TOKEN =
            UpperBounds.of(
                    .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40,
                    80);
    private static final UpperBounds VLLM_STAGE =
            UpperBounds.of(
                    .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960,
                    1920, 7680);
    private static final UpperBounds VLLM_TRANSFER =
            UpperBounds.of(.005, .01, .025, .05, .075, .1, .2, .3, .5, .75, 1, 5);
    private static final UpperBounds VLLM_LENGTH =
            UpperBounds.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000,
                    100000);
    private static final UpperBounds TRTLLM_PREFILL =
            UpperBounds.of(
                    .001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80, 160, 640,
                    2560);
    private static final UpperBounds SGLANG_FIRST_TOKEN =
            UpperBounds.of(.1, .2, .4, .6, .8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400);
    private static final UpperBounds SGLANG_TOKEN =
            UpperBounds.of(
                    .002, .004, .006, .008, .01, .015, .02, .025, .03, .035, .04, .06, .08, .1, .2,
                    .4, .6, .8, 1, 2, 4, 6, 8);
    private static final UpperBounds SGLANG_QUEUE =
            UpperBounds.of(
                    0, .001, .005, .01, .05, .1, .2, .5, 1, 2, 3, 4, 5, 10, 15, 20, 30, 40, 50, 60,
                    70, 80, 90, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1400, 1600,
                    1800, 2000, 2500, 3000);
    private static final UpperBounds SGLANG_TRANSFER =
            UpperBounds.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000);
    private static final UpperBounds SGLANG_LENGTH =
            UpperBounds.of(
                    100, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000,
                    10000, 12500, 15000, 17500, 20000, 22500, 25000, 27500, 30000, 35000, 40000,
                    60000, 80000, 100000, 200000, 300000, 400000, 600000, 800000, 1000000, 1100000);
    private static final int SGLANG_STAGES = 30;

    static final Buckets VLLM =
            new Buckets(
                    VLLM_FIRST_TOKEN,
                    VLLM_TOKEN,
                    VLLM_STAGE,
                    VLLM_STAGE,
                    VLLM_TRANSFER,
                    1,
                    VLLM_LENGTH);

    /// Lengths have no histogram there.
    static final Buckets TRTLLM =
            new Buckets(
                    VLLM_FIRST_TOKEN,
                    VLLM_TOKEN,
                    VLLM_STAGE,
                    TRTLLM_PREFILL,
                    VLLM_TRANSFER,
                    1,
                    UpperBounds.of());

    static final Buckets SGLANG =
            new Buckets(
                    SGLANG_FIRST_TOKEN,
                    SGLANG_TOKEN,
                    SGLANG_QUEUE,
                    stages(),
                    SGLANG_TRANSFER,
                    1000,
                    SGLANG_LENGTH);

    private static UpperBounds stages() {
        var bounds = new double[SGLANG_STAGES];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = 0.001 * StrictMath.pow(1.62, i);
        }
        return UpperBounds.of(bounds);
    }
}
