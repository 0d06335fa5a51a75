package dev.ratematch.controller.estimate;

import dev.ratematch.controller.observe.Flow;
import dev.ratematch.controller.observe.Snapshot;

/// Mean OSL with those sequences in mind that have not ended yet.
///
/// Of a new kind of long answers the short ones end first, so finished requests tell too little;
/// the tokens that the running sequences make per finished request tell too much. Where the two
/// differ beyond chance the truth is taken to be between. While prefill holds requests back, what
/// runs is not what arrives; where requests are lost after it, what they made belongs to none that
/// has finished.
final class OutputInProgress {

    private static final double SIGMA = 2;
    private static final double MOST = 100;
    private static final double WEIGHT = 0.5;

    /// Where requests wait for decode, too few run to overstate what they make.
    private static final double WEIGHT_STARVED = 0.7;

    /// Share beyond chance that is no difference.
    private static final double MARGIN = 0.25;

    /// Share of the running that may wait before the side that they wait for is short.
    private static final double HELD = 0.1;

    private OutputInProgress() {}

    /// The mean, tokens.
    ///
    /// @param dispersion of counts over their mean, as seen of late
    /// @param finishedMean of the requests that ended, tokens
    static double mean(Snapshot snapshot, double dispersion, double finishedMean) {
        var traffic = snapshot.traffic();
        double finished = traffic.completed().orElse(0) * traffic.flow().sequencesPerRequest();
        double itl = traffic.itlMeanSeconds().orElse(0);
        double running = snapshot.decode().occupancy().mean().orElse(0);
        boolean held = snapshot.prefill().queuedRequests().orElse(0) > HELD * running;
        boolean lost = traffic.flow().has(Flow.Kind.LOST_AFTER_PREFILL);
        if (!traffic.completed().known() || !(itl > 0) || running < 1 || held || lost) {
            return finishedMean;
        }
        double made = running * snapshot.windowSeconds().orElse(0) / itl;
        double each = Math.min(made / Math.max(1, finished), MOST * finishedMean);
        double cv2 = traffic.outputTokensCv2().orElse(Estimator.CV2_UNSEEN);
        // What ended is a count and so is what ran, at each look; both have a count's variance.
        double looks = snapshot.decode().occupancy().looks();
        double variance =
                (dispersion + cv2) / Math.max(1, finished) + dispersion / (looks * running);
        double chance = SIGMA * StrictMath.sqrt(variance);
        boolean starved = snapshot.decode().waitingForKv().orElse(0) > HELD * running;
        return each > finishedMean * (1 + MARGIN + chance)
                ? finishedMean
                        * StrictMath.pow(each / finishedMean, starved ? WEIGHT_STARVED : WEIGHT)
                : finishedMean;
    }
}
