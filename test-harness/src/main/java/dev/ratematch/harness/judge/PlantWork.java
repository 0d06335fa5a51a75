package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.Request;
import java.util.List;

/// The least GPU time that requests need on the plant while the promise is kept, from the plant's
/// own step times.
///
/// Prefill is charged at full iterations. A decode step of `s` seconds costs its replica `s`; its
/// floor is shared by the batch, and the batch is the largest that keeps ITL, sequences and KV.
/// With `a` the floor, every sequence is charged `s / (s - a)` times its own part of the step.
public final class PlantWork {

    private final PlantSettings plant;
    private final Slo slo;

    /// Work on that plant under that promise.
    public PlantWork(PlantSettings plant, Slo slo) {
        this.plant = plant;
        this.slo = slo;
    }

    /// GPU-seconds of a prompt.
    ///
    /// @param cachedTokens prompt tokens found in a prefix cache
    public double prefillGpuSeconds(int inputTokens, int cachedTokens) {
        return plant.prefill().gpus() * prefillEngineSeconds(inputTokens, cachedTokens);
    }

    private double prefillEngineSeconds(double inputTokens, double cachedTokens) {
        var steps = plant.prefill().steps();
        double tokens = inputTokens - cachedTokens;
        double squares = inputTokens * inputTokens - cachedTokens * cachedTokens;
        double floors = steps.prefillFloor() * tokens / plant.prefill().maxBatchedTokens();
        return floors + steps.perToken() * tokens + steps.perSquare() * squares;
    }

    /// KV tokens that a decoding sequence holds on average, weighted by the time it decodes.
    public static double residentTokens(List<Request> requests) {
        double tokenSteps = 0;
        double steps = 0;
        for (var r : requests) {
            double osl = r.outputTokens();
            tokenSteps += r.inputTokens() * osl + osl * osl / 2;
            steps += osl;
        }
        return steps == 0 ? 1 : tokenSteps / steps;
    }

    /// Sequences of the largest batch that keeps the promise.
    public double batch(double residentTokens) {
        var steps = plant.decode().steps();
        double perSequence = steps.perSequence() + steps.perResident() * residentTokens;
        double byItl = (slo.itlSeconds() - steps.decodeFloor()) / perSequence;
        double byKv = plant.decode().kvTokens() / residentTokens;
        return Math.max(1, Math.min(byItl, Math.min(byKv, plant.decode().maxSequences())));
    }

    /// Seconds of a step with that batch.
    public double stepSeconds(double residentTokens) {
        double batch = batch(residentTokens);
        return plant.decode().steps().decodeSeconds(batch, batch * residentTokens);
    }

    /// GPU-seconds of the output of one request among others of a mean residence.
    public double decodeGpuSeconds(int inputTokens, int outputTokens, double residentTokens) {
        var steps = plant.decode().steps();
        double step = stepSeconds(residentTokens);
        double share = step / (step - steps.decodeFloor());
        double osl = outputTokens;
        double own =
                steps.perSequence() * osl
                        + steps.perResident() * (inputTokens * osl + osl * osl / 2);
        return plant.decode().gpus() * own * share;
    }

    /// GPUs that requests arriving over some seconds keep busy, the split being free.
    public double gpus(List<Request> requests, double seconds) {
        double resident = residentTokens(requests);
        double work = 0;
        for (var r : requests) {
            work += prefillGpuSeconds(r.inputTokens(), 0);
            work += decodeGpuSeconds(r.inputTokens(), r.outputTokens(), resident);
        }
        return work / seconds;
    }
}
