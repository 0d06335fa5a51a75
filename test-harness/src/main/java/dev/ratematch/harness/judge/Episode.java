package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Clients;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.RoleSwitch;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// One policy, one plant, one trace, from start to ten minutes after the end.
public final class Episode {

    private static final double SECONDS = 1e9;
    private static final double AFTERMATH_SECONDS = 600;

    /// Sums of GPU time that are equal may differ by rounding.
    private static final double ROUNDING = 1 + 1e-9;

    private final PlantSettings plant;
    private final Trace trace;
    private final Slo slo;
    private final double cycleSeconds;
    private final Circumstances conditions;
    private final Promise promise;

    /// Prepares episodes on equal terms.
    ///
    /// @param cycleSeconds scrape and control interval of every policy
    public Episode(PlantSettings plant, Trace trace, Slo slo, double cycleSeconds) {
        this(plant, trace, slo, cycleSeconds, Circumstances.USUAL);
    }

    /// The same where something goes wrong.
    public Episode(
            PlantSettings plant,
            Trace trace,
            Slo slo,
            double cycleSeconds,
            Circumstances conditions) {
        this.plant = plant;
        this.trace = trace;
        this.slo = slo;
        this.cycleSeconds = cycleSeconds;
        this.conditions = conditions;
        this.promise = new Promise(slo, conditions.faults());
    }

    /// The same with clients of another kind.
    public Episode with(Clients clients) {
        return new Episode(
                plant, trace, slo, cycleSeconds, new Circumstances(clients, conditions.faults()));
    }

    /// The same on a cluster whose replicas change their role.
    public Episode with(RoleSwitch roleSwitch) {
        return new Episode(plant.withRoleSwitch(roleSwitch), trace, slo, cycleSeconds, conditions);
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
            int switching,
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

    /// Runs a policy, or gives it up once so many requests have been late or slow that it cannot
    /// have as many good ones as asked, or it has held GPUs for longer.
    ///
    /// @param needed what the outcome must reach to be of any use
    /// @return the outcome, null when given up
    @Nullable Outcome run(Policy policy, Pair start, Bar needed, DoubleConsumer progress) {
        return run(policy, start, Advance.AT_ONCE, needed, progress);
    }

    private @Nullable Outcome run(
            Policy policy, Pair start, Advance advance, Bar needed, DoubleConsumer progress) {
        if (needed.good() > trace.requests().size()) {
            return null;
        }
        boolean seen = policy.scrapes() || !advance.equals(Advance.AT_ONCE);
        return new Run(policy, start, advance, needed, progress, seen).outcome();
    }

    /// One run under way.
    private final class Run {
        private final Policy policy;
        private final Pair start;
        private final Advance advance;
        private final Bar needed;
        private final DoubleConsumer progress;
        private final ExposedCluster exposed;
        private final Cluster cluster;
        private final DisruptionClock faults =
                new DisruptionClock(conditions.faults(), plant.gpus());
        private final List<Cycle> cycles = new ArrayList<>();
        private final Late late = new Late(trace, promise);
        private final Slow slow = new Slow(trace, promise);
        private final double traceSeconds = trace.durationNanos() / SECONDS;
        private final double end = traceSeconds + AFTERMATH_SECONDS;
        private Pair commanded;
        private int arrivedBefore;
        private int completedBefore;
        private double gpuHours = Double.NaN;

        Run(
                Policy policy,
                Pair start,
                Advance advance,
                Bar needed,
                DoubleConsumer progress,
                boolean seen) {
            this.policy = policy;
            this.start = start;
            this.advance = advance;
            this.needed = needed;
            this.progress = progress;
            this.exposed =
                    seen
                            ? new ExposedCluster(
                                    plant, trace, conditions.clients(), Dialect.DEFAULT)
                            : ExposedCluster.mute(plant, trace, conditions.clients());
            this.cluster = exposed.cluster();
            this.commanded = start;
        }

        @Nullable Outcome outcome() {
            cluster.scale(Role.PREFILL, start.prefill());
            cluster.scale(Role.DECODE, start.decode());
            for (int n = 1; ; n++) {
                double at = n * cycleSeconds;
                if (at >= traceSeconds && Double.isNaN(gpuHours)) {
                    advanceTo(trace.durationNanos());
                    gpuHours = cluster.gpuHours();
                }
                if (at > end || (at > traceSeconds && cluster.inside() == 0)) {
                    break;
                }
                advanceTo(Math.round(at * SECONDS));
                if (!cycle(at)) {
                    return null;
                }
                progress.accept(Math.min(1, at / end));
            }
            cluster.runUntil(Math.max(Math.round(end * SECONDS), cluster.nowNanos()));
            var scoring = new Scoring(policy, trace, promise, start);
            int good = scoring.good(cluster.log());
            return good < needed.good()
                    ? null
                    : scoring.score(cluster.log(), cycles, gpuHours, late.pastSaving());
        }

        /// Lets time pass, with what goes wrong meanwhile.
        private void advanceTo(long nanos) {
            double seconds = nanos / SECONDS;
            for (double next = faults.next(); next <= seconds; next = faults.next()) {
                advance.advance(exposed, Math.round(next * SECONDS));
                faults.strike(exposed);
            }
            advance.advance(exposed, nanos);
        }

        /// @return whether the run can still have as many good requests as needed
        private boolean cycle(double at) {
            int arrived = cluster.offered();
            int done = cluster.log().completed();
            var window =
                    TrueWindow.of(
                            trace,
                            arrivedBefore,
                            arrived,
                            done - completedBefore,
                            cycleSeconds,
                            cluster);
            if (!canReach(needed.good(), late.until(arrived, cluster)) || tooDear(at)) {
                return false;
            }
            boolean blind = !faults.telemetry() && !policy.scrapes() && !policy.foresees();
            var view =
                    new Policy.View(
                            at,
                            window,
                            exposed,
                            commanded,
                            faults.gpus(),
                            faults.telemetry(),
                            promise.at(Math.round(at * SECONDS)));
            var command =
                    blind
                            ? new Policy.Command(commanded.prefill(), commanded.decode(), "")
                            : policy.decide(view);
            var next = within(new Pair(command.prefill(), command.decode()));
            boolean changed = !next.equals(commanded);
            if (changed && command.switching()) {
                cluster.trade(next.prefill(), next.decode());
            } else if (changed) {
                cluster.scale(Role.PREFILL, next.prefill());
                cluster.scale(Role.DECODE, next.decode());
            }
            cycles.add(
                    Episode.this.cycle(
                            at,
                            arrivedBefore,
                            arrived,
                            next,
                            changed ? command.reason() : "",
                            cluster));
            commanded = next;
            arrivedBefore = arrived;
            completedBefore = done;
            return true;
        }

        /// @param lateOnes requests whose first token is known to be late
        private boolean canReach(int good, int lateOnes) {
            int most = trace.requests().size() - lateOnes;
            // Nobody counts the slow ones where everything is good enough.
            return good == 0 || (most >= good && most - slow.until(late.judged(), cluster) >= good);
        }

        private boolean tooDear(double at) {
            return at <= traceSeconds && cluster.gpuHours() > needed.gpuHours() * ROUNDING;
        }

        /// Nobody commands more than the budget once it was cut.
        private Pair within(Pair pair) {
            return faults.gpus() == plant.gpus()
                    ? pair
                    : CeilClamp.clamp(plant, faults.gpus(), pair.prefill(), pair.decode());
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
                p.switching() * gp + d.switching() * gd,
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

    /// Half of the GPUs to either role; of what is odd decode has more.
    public Pair evenPair() {
        int gp = plant.prefill().gpus();
        int gd = plant.decode().gpus();
        int most = (plant.gpus() - gd) / gp;
        int p = Math.clamp(plant.gpus() / 2 / gp, 1, most);
        return new Pair(p, (plant.gpus() - p * gp) / gd);
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
