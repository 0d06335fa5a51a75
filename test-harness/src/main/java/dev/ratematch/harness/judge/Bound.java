package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Outcome.Quantiles;
import dev.ratematch.harness.traffic.Request;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import java.util.Set;

/// What no policy can exceed: GPUs serve either phase at every instant, nothing starts, drains or
/// is rounded to whole engines, and nobody waits for a split to be right.
///
/// A policy sizes pools; it does not reorder or refuse. So a request is out of reach whose prompt
/// is late though prefill, first come first served, has every GPU but one decode engine's. Of the
/// others those count that whole GPUs can finish by their deadline, the least work first, after the
/// prompts of those out of reach have been paid for.
public final class Bound {

    private static final double SECONDS = 1e9;
    private static final double BIN_SECONDS = 1;
    private static final int MIX_REQUESTS = 2000;
    private static final double DISORDER_SECONDS = 1;

    private Bound() {}

    /// A request with the GPU time it still needs.
    private static final class Pending {
        double workLeft;
        final double deadline;

        Pending(double work, double deadline) {
            this.workLeft = work;
            this.deadline = deadline;
        }
    }

    /// The bound for the trace of an episode.
    public static Outcome of(Episode episode) {
        var requests = episode.trace().requests();
        var plant = episode.plant();
        var slo = episode.slo();
        double[] prompts = new double[requests.size()];
        double[] work = work(episode, prompts);
        double duration = episode.trace().durationNanos() / SECONDS;
        double capacity = plant.gpus() * BIN_SECONDS;
        var pending = new PriorityQueue<Pending>(Comparator.comparingDouble(p -> p.workLeft));
        boolean[] late = late(episode, prompts);
        var forced = new ForcedWork();
        int next = 0;
        int good = 0;
        double used = 0;
        for (double from = 0; next < requests.size() || !pending.isEmpty(); from += BIN_SECONDS) {
            // Arrivals of the whole bin are there from its start, which can only help.
            while (next < requests.size()
                    && requests.get(next).arrivalNanos() / SECONDS < from + BIN_SECONDS) {
                var r = requests.get(next);
                double deadline =
                        r.arrivalNanos() / SECONDS
                                + slo.ttftSeconds()
                                + (r.outputTokens() - 1) * slo.itlSeconds();
                if (late[next]) {
                    forced.add(prompts[next]);
                } else {
                    pending.add(new Pending(work[next], deadline));
                }
                next++;
            }
            double left = capacity - forced.serve(capacity);
            while (left > 0 && !pending.isEmpty()) {
                var first = pending.remove();
                if (first.deadline < from) {
                    continue;
                }
                double spent = Math.min(left, first.workLeft);
                first.workLeft -= spent;
                left -= spent;
                used += spent;
                if (first.workLeft <= 0) {
                    good++;
                } else {
                    pending.add(first);
                }
            }
        }
        return outcome(requests.size(), good, duration, used);
    }

    private static Outcome outcome(int n, int good, double duration, double used) {
        return new Outcome(
                "bound",
                n,
                good,
                good,
                n - good,
                0,
                0,
                0,
                good / duration,
                used / 3600,
                0,
                0,
                OptionalDouble.empty(),
                0,
                Quantiles.NONE,
                Quantiles.NONE,
                Map.of(),
                List.of());
    }

    /// Work that is done whether it helps anybody or not.
    private static final class ForcedWork {
        private double left;

        void add(double work) {
            left += work;
        }

        double serve(double capacity) {
            double served = Math.min(left, capacity);
            left -= served;
            return served;
        }
    }

    /// Requests whose prompts are late even so. Replicas do not keep the order among each other, so
    /// one iteration's worth of disorder is forgiven.
    private static boolean[] late(Episode episode, double[] prompts) {
        var requests = episode.trace().requests();
        double gpus = episode.plant().gpus() - episode.plant().decode().gpus();
        double forgiven = episode.slo().ttftSeconds() + DISORDER_SECONDS;
        var late = new boolean[prompts.length];
        double freeAt = 0;
        for (int i = 0; i < prompts.length; i++) {
            double at = requests.get(i).arrivalNanos() / SECONDS;
            freeAt = Math.max(freeAt, at) + prompts[i] / gpus;
            late[i] = freeAt - at > forgiven;
        }
        return late;
    }

    private static double[] work(Episode episode, double[] prompts) {
        var requests = episode.trace().requests();
        var maths = new PlantWork(episode.plant(), episode.slo());
        var work = new double[requests.size()];
        var seen = new HashSet<Long>();
        for (int from = 0; from < work.length; from += MIX_REQUESTS) {
            int to = Math.min(work.length, from + MIX_REQUESTS);
            double resident = PlantWork.residentTokens(requests.subList(from, to));
            for (int i = from; i < to; i++) {
                var r = requests.get(i);
                prompts[i] = maths.prefillGpuSeconds(r.inputTokens(), perfectHit(r, seen));
                work[i] =
                        prompts[i]
                                + maths.decodeGpuSeconds(
                                        r.inputTokens(), r.outputTokens(), resident);
            }
        }
        return work;
    }

    /// Prompt tokens that a cache of the whole cluster which forgets nothing would hold.
    private static int perfectHit(Request request, Set<Long> seen) {
        int tokens = 0;
        boolean leading = true;
        for (long id : request.prefix().ids()) {
            leading &= !seen.add(id);
            tokens += leading ? request.prefix().blockTokens() : 0;
        }
        return Math.min(tokens, request.inputTokens() - 1);
    }
}
