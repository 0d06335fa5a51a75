package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.plant.PlantSettings;

/// What one replica of each role really carries of a mix, requests per second, with nothing kept
/// back for queueing or bursts. The capacity table that every peer is given.
final class TrueRates {

    private final PlantSettings plant;
    private final PlantWork work;

    TrueRates(PlantSettings plant, Slo slo) {
        this.plant = plant;
        this.work = new PlantWork(plant, slo);
    }

    /// Requests per second of one prefill replica.
    double prefill(TrueWindow w) {
        double squares = w.inputMean() * w.inputMean() * (1 + w.inputCv2());
        double cached = w.inputMean() - w.uncachedMean();
        var steps = plant.prefill().steps();
        double tokens = Math.max(1, w.uncachedMean());
        double seconds =
                steps.prefillFloor() * tokens / plant.prefill().maxBatchedTokens()
                        + steps.perToken() * tokens
                        + steps.perSquare() * Math.max(0, squares - cached * cached);
        return 1 / seconds;
    }

    /// Requests per second of one decode replica.
    double decode(TrueWindow w) {
        double resident = resident(w);
        return work.batch(resident) / (Math.max(1, w.outputMean()) * work.stepSeconds(resident));
    }

    /// Sequences of the largest batch that keeps the promise.
    double batch(TrueWindow w) {
        return work.batch(resident(w));
    }

    private static double resident(TrueWindow w) {
        return Math.max(1, w.inputMean() + w.outputMean() * (1 + w.outputCv2()) / 2);
    }
}
