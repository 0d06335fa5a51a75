package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Pair;
import java.util.Comparator;

/// Which full pair divides the GPUs as the work of some requests is divided.
final class WorkShares {

    private final Episode episode;
    private final PlantWork work;

    WorkShares(Episode episode) {
        this.episode = episode;
        this.work = new PlantWork(episode.plant(), episode.slo());
    }

    /// The pair for the requests `[from, to)` of the trace; an even one where there are none.
    Pair pair(int from, int to) {
        if (from >= to) {
            return episode.evenPair();
        }
        var requests = episode.trace().requests().subList(from, to);
        double resident = PlantWork.residentTokens(requests);
        double prefill = 0;
        double decode = 0;
        for (var r : requests) {
            prefill += work.prefillGpuSeconds(r.inputTokens(), 0);
            decode += work.decodeGpuSeconds(r.inputTokens(), r.outputTokens(), resident);
        }
        double gpus = prefill / (prefill + decode) * episode.plant().gpus();
        double replicas = gpus / episode.plant().prefill().gpus();
        return episode.fullPairs().stream()
                .min(Comparator.comparingDouble(p -> Math.abs(p.prefill() - replicas)))
                .orElseThrow();
    }
}
