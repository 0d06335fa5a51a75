package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// One policy, one plant, one trace, from start to ten minutes after the end.
public final class Episode {

    private static final double SECONDS = 1e9;
    private static final double AFTERMATH_SECONDS = 600;

    private final PlantSettings plant;
    private final Trace trace;
    private final Slo slo;
    private final double cycleSeconds;

    /// Prepares episodes on equal terms.
    ///
    /// @param cycleSeconds scrape and control interval of every policy
    public Episode(PlantSettings plant, Trace trace, Slo slo, double cycleSeconds) {
        this.plant = plant;
        this.trace = trace;
        this.slo = slo;
        this.cycleSeconds = cycleSeconds;
    }

    /// A commanded pair of replica counts.
    public record Pair(int prefill, int decode) {

        /// The pair as people write it, such as `3P5D`.
        public String label() {
            return prefill + "P" + decode + "D";
        }
    }

    /// What was commanded and seen at the end of a cycle.
    record Cycle(
            double atSeconds,
            int fromRequest,
            int toRequest,
            Pair commanded,
            int prefillReady,
            int decodeReady,
            int moving,
            String note) {}

    /// Runs a policy.
    ///
    /// @param start counts that are ready when the trace begins
    /// @param progress told the share done, 0 to 1
    public Outcome run(Policy policy, Pair start, DoubleConsumer progress) {
        return run(policy, start, Advance.AT_ONCE, progress);
    }

    /// Runs a policy on a plant whose time passes in a way of its own.
    public Outcome run(Policy policy, Pair start, Advance advance, DoubleConsumer progress) {
        var outcome = run(policy, start, advance, () -> 0, progress);
        if (outcome == null) {
            throw new IllegalStateException("A run that needs no good request was given up.");
        }
        return outcome;
    }

    /// Runs a policy, or gives it up once so many requests have been late that it cannot have as
    /// many good ones as asked.
    ///
    /// @param needed good requests below which the outcome is of no use; may rise meanwhile
    /// @return the outcome, null when given up
    @Nullable Outcome run(Policy policy, Pair start, IntSupplier needed, DoubleConsumer progress) {
        return run(policy, start, Advance.AT_ONCE, needed, progress);
    }

    private @Nullable Outcome run(
            Policy policy,
            Pair start,
            Advance advance,
            IntSupplier needed,
            DoubleConsumer progress) {
        var exposed = new ExposedCluster(plant, trace);
        var cluster = exposed.cluster();
        cluster.scale(Role.PREFILL, start.prefill());
        cluster.scale(Role.DECODE, start.decode());
        double traceSeconds = trace.durationNanos() / SECONDS;
        double end = traceSeconds + AFTERMATH_SECONDS;
        var cycles = new ArrayList<Cycle>();
        var commanded = start;
        int seen = 0;
        int completed = 0;
        var late = new Late();
        double gpuHours = Double.NaN;
        for (int n = 1; ; n++) {
            double at = n * cycleSeconds;
            if (at >= traceSeconds && Double.isNaN(gpuHours)) {
                cluster.runUntil(trace.durationNanos());
                gpuHours = cluster.gpuHours();
            }
            if (at > end || (at > traceSeconds && cluster.inside() == 0)) {
                break;
            }
            advance.advance(exposed, Math.round(at * SECONDS));
            int arrived = cluster.offered();
            int done = cluster.log().completed();
            var window =
                    TrueWindow.of(trace, seen, arrived, done - completed, cycleSeconds, cluster);
            if (trace.requests().size() - late.until(arrived, cluster) < needed.getAsInt()) {
                return null;
            }
            var command = policy.decide(new Policy.View(at, window, exposed));
            var next = new Pair(command.prefill(), command.decode());
            String note = "";
            if (!next.equals(commanded)) {
                cluster.scale(Role.PREFILL, next.prefill());
                cluster.scale(Role.DECODE, next.decode());
                note = command.reason();
            }
            cycles.add(cycle(at, seen, arrived, next, note, cluster));
            commanded = next;
            seen = arrived;
            completed = done;
            progress.accept(Math.min(1, at / end));
        }
        cluster.runUntil(Math.max(Math.round(end * SECONDS), cluster.nowNanos()));
        return Scoring.score(policy, trace, slo, plant, cluster, start, cycles, gpuHours);
    }

    /// Counts the requests that are known to be late. To be asked only after the cluster's counters
    /// have been brought up to the present.
    private final class Late {
        private int next;
        private int count;

        int until(int arrived, Cluster cluster) {
            for (; next < arrived; next++) {
                var request = trace.requests().get(next);
                double age = (cluster.nowNanos() - request.arrivalNanos()) / SECONDS;
                if (age <= slo.ttftSeconds()) {
                    break;
                }
                count += Judged.ttft(cluster.log(), next, request) > slo.ttftSeconds() ? 1 : 0;
            }
            return count;
        }
    }

    private Cycle cycle(double at, int from, int to, Pair commanded, String note, Cluster cluster) {
        var p = cluster.fleet(Role.PREFILL);
        var d = cluster.fleet(Role.DECODE);
        int gp = plant.prefill().gpus();
        int gd = plant.decode().gpus();
        return new Cycle(
                at,
                from,
                to,
                commanded,
                p.ready() * gp,
                d.ready() * gd,
                (p.starting() + p.draining()) * gp + (d.starting() + d.draining()) * gd,
                note);
    }

    /// The trace of every episode.
    public Trace trace() {
        return trace;
    }

    /// The plant of every episode.
    public PlantSettings plant() {
        return plant;
    }

    /// The promise.
    public Slo slo() {
        return slo;
    }

    /// Seconds between two decisions.
    public double cycleSeconds() {
        return cycleSeconds;
    }

    /// Every pair that leaves no room for one more replica of either role.
    public List<Pair> fullPairs() {
        var pairs = new ArrayList<Pair>();
        int gp = plant.prefill().gpus();
        int gd = plant.decode().gpus();
        for (int p = 1; p * gp + gd <= plant.gpus(); p++) {
            int d = (plant.gpus() - p * gp) / gd;
            boolean room = p * gp + d * gd + gp <= plant.gpus();
            if (!room) {
                pairs.add(new Pair(p, d));
            }
        }
        return pairs;
    }
}
