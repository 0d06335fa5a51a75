package dev.ratematch.controller.prospect;

import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.move.Switches;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/// What pairs are worth, in shares of the requests that come while the traffic stays of its kind:
///
///     value = present - clearing - turning - price x GPUs / GPUs needed
///
/// Nothing here is a forecast of one number. `present` is the share served over the factors by which
/// forecasts were off; `clearing` is the time in which all is late behind what waits; `turning` is
/// what the traffic's next turn costs while the fleet cannot follow yet. docs/control.md has the
/// equations.
public final class Prospect {

    /// What waits, seconds of arrivals beyond what the promise lets wait.
    ///
    /// @param prefill for prefill
    /// @param decode for decode
    public record Waiting(double prefill, double decode) {}

    /// Something that may come.
    ///
    /// @param weight how likely, or how much it matters against what is there
    /// @param staySeconds how long it stays; infinite where that is not known
    private record Future(double weight, Need need, double staySeconds) {

        Future(double weight, Need need) {
            this(weight, need, Double.POSITIVE_INFINITY);
        }
    }

    /// From a turn of the traffic until a move for it is begun, and its pods are placed.
    public static final double REACTION_SECONDS = 60;

    /// A share that is not served makes what is served late as well.
    private static final double LATE = 3;

    /// How many windows the spread that is presumed counts for, beside those that were seen.
    private static final double PRESUMED_WINDOWS = 8;

    private static final double[] PRESUMED_WEIGHTS = {0.5, 0.3, 0.2};

    /// Kinds that were never seen count as one that was seen once.
    private static final double UNSEEN_ENTRIES = 1;

    /// What followed what is there before counts so many times more than what came at all.
    private static final double FOLLOWED = 4;

    /// How much nearer than usual the next turn is where it is prepared for.
    private static final double NEAR = 1.5;

    /// Of what was never seen, half is more of the same and half is another mix.
    private static final double[] MORE = {1.5, 2};

    private static final double[] MIXES = {1, 1.4};
    private static final int SHARES = 5;

    /// How much more or less another kind may matter by the rate of its requests.
    private static final double RATES_MOST = 10;

    private static final double LEAST_SERVED = 0.1;
    private static final double MOST_FILLED = 0.9;
    private static final double HORIZON_LEAST_SECONDS = 300;
    private static final double HORIZON_MOST_SECONDS = 1800;
    private static final double BARELY = 1.02;

    /// What any move costs: unrest, and what is not modelled.
    private static final double MOVE = 0.01;

    /// Points of the first grid in each direction; of a fleet of fewer than twice as many replicas
    /// every pair is looked at.
    private static final int GRID = 16;

    private final ServiceSpec spec;
    private final Need need;
    private final Waiting waiting;
    private final List<Future> present;
    private final List<Future> turns;
    private final Regimes.Ending ending;
    private final double hazard;
    private final double nearness;
    private final double horizonSeconds;
    private final double neededGpus;
    private final Transit transit;
    private final boolean clearable;
    private final double requestsPerSecond;
    private final Experience experience;

    /// The prospect of traffic.
    ///
    /// @param need of what comes now, without margin and without what waits
    /// @param requestsPerSecond of it
    public Prospect(
            ServiceSpec spec,
            Need need,
            double requestsPerSecond,
            Waiting waiting,
            Experience experience) {
        this.spec = spec;
        this.need = need;
        this.waiting = waiting;
        this.transit = Transit.of(spec, experience.lags());
        this.present = present(experience.track());
        this.turns = turns(experience.regimes(), requestsPerSecond);
        this.hazard = experience.regimes().hazard();
        this.ending = experience.regimes().ending();
        this.nearness = ending.nearness(movingSeconds());
        this.neededGpus =
                Math.clamp(
                        need.gpus(spec),
                        spec.gpus(spec.prefill().minReplicas(), spec.decode().minReplicas()),
                        spec.budgetGpus());
        this.horizonSeconds = Math.clamp(1 / hazard, HORIZON_LEAST_SECONDS, HORIZON_MOST_SECONDS);
        this.clearable =
                spec.gpus(clearing(need.prefill()), clearing(need.decode())) <= spec.budgetGpus();
        this.requestsPerSecond = requestsPerSecond;
        this.experience = experience;
    }

    /// Fewest replicas that work off what waits for them.
    private static int clearing(double need) {
        return (int) Math.floor(need * BARELY) + 1;
    }

    /// The same if each role is asked for so many times as much.
    public Prospect asked(Unsure.Factors times) {
        return new Prospect(
                spec,
                need.times(times.prefill(), times.decode()),
                requestsPerSecond,
                waiting,
                experience);
    }

    private List<Future> present(Track track) {
        var futures = new ArrayList<Future>();
        var errors = track.errors(arrivalSeconds() + REACTION_SECONDS / 2);
        double all = PRESUMED_WINDOWS + errors.size();
        double margin = spec.tuning().demandMargin();
        for (int i = 0; i < PRESUMED_WEIGHTS.length; i++) {
            double more = 1 + margin * i / (PRESUMED_WEIGHTS.length - 1);
            double weight = PRESUMED_WEIGHTS[i] * PRESUMED_WINDOWS / all;
            futures.add(new Future(weight, need.times(more, more)));
        }
        for (var error : errors) {
            futures.add(new Future(1 / all, need.times(error.prefill(), error.decode())));
        }
        return futures;
    }

    private List<Future> turns(Regimes regimes, double requestsPerSecond) {
        var futures = new ArrayList<Future>();
        double entries = UNSEEN_ENTRIES;
        for (var regime : regimes.others()) {
            entries += comings(regimes, regime);
        }
        for (var regime : regimes.others()) {
            // What is lost are its requests, and what is weighed are those of now.
            double matters =
                    Math.clamp(
                            regime.requestsPerSecond() / requestsPerSecond,
                            1 / RATES_MOST,
                            RATES_MOST);
            futures.add(
                    new Future(
                            comings(regimes, regime) / entries * matters,
                            regime.need(),
                            regimes.staySeconds(regime)));
        }
        double unseen = UNSEEN_ENTRIES / entries / 2;
        for (double more : MORE) {
            futures.add(new Future(unseen / MORE.length, need.times(more, more)));
        }
        double work = Math.max(need.gpus(spec), regimes.peakGpus(spec));
        for (double more : MIXES) {
            for (int i = 0; i < SHARES; i++) {
                double share = (i + 0.5) / SHARES;
                double weight = unseen / MIXES.length / SHARES;
                futures.add(new Future(weight, Need.split(spec, more * work, share)));
            }
        }
        return futures;
    }

    private static double comings(Regimes regimes, Regimes.Regime regime) {
        return regime.entries() + FOLLOWED * regimes.followed(regime);
    }

    /// What a pair is worth. Only differences mean something.
    public double value(Sizes pair) {
        double clearing = clearingSeconds(pair);
        double hedge = spec.tuning().turnHedge() * turning(pair) * nearness(clearing);
        double keeping = hedge + price(spec.gpus(pair));
        return present(pair) - Math.min(1, clearing / horizonSeconds) - held(clearing) * keeping;
    }

    /// What going from one pair to another gains, its own cost taken off.
    public double gain(Sizes from, Sizes to) {
        return from.equals(to) ? 0 : value(to) - value(from) - cost(from, to);
    }

    /// Until a replica more serves, as this fleet has shown it, seconds: from placed to ready, or
    /// from told to leave the other role where that is sooner.
    public double arrivalSeconds() {
        return transit.arrivalSeconds();
    }

    /// What GPUs cost, in shares of the requests.
    public double price(int gpus) {
        return spec.tuning().gpuPrice() * gpus / neededGpus;
    }

    /// Share served of what comes, less what that makes late.
    private double present(Sizes pair) {
        double lost = 0;
        for (var future : present) {
            lost += future.weight() * (1 - future.need().served(pair));
        }
        return 1 - LATE * lost;
    }

    /// Until what waits is worked off, seconds; 0 where nothing does, infinite where it never is.
    /// Where no pair serves all that comes it is 0 too: what one role works off the other one
    /// gathers meanwhile, so that no pair is better for it.
    private double clearingSeconds(Sizes pair) {
        if (!clearable) {
            return 0;
        }
        return Math.max(
                clearingSeconds(waiting.prefill(), pair.prefill(), need.prefill()),
                clearingSeconds(waiting.decode(), pair.decode(), need.decode()));
    }

    /// The share of the horizon for which a pair is held: one that clears what waits is left again
    /// for one that is ready for the next turn, and is in its way only until that is reached.
    private double held(double clearingSeconds) {
        return clearingSeconds > 0
                ? Math.min(1, (clearingSeconds + movingSeconds()) / horizonSeconds)
                : 1;
    }

    /// How much nearer than usual the next turn is while a pair is held.
    private double nearness(double clearingSeconds) {
        double most = Math.max(horizonSeconds, movingSeconds());
        return clearingSeconds > 0
                ? ending.nearness(Math.min(clearingSeconds + movingSeconds(), most))
                : nearness;
    }

    /// Whether the next turn is so near that what it needs is prepared for.
    public boolean turnsSoon() {
        return nearness > NEAR;
    }

    /// The same of one pool.
    ///
    /// @param waitingSeconds what waits beyond what may, in seconds of arrivals
    /// @param have what is there, in replicas or in requests per second
    /// @param need what arrivals alone keep busy of it, alike
    public static double clearingSeconds(double waitingSeconds, double have, double need) {
        if (!(waitingSeconds > 0)) {
            return 0;
        }
        return have <= need * BARELY
                ? Double.POSITIVE_INFINITY
                : waitingSeconds / (have / need - 1);
    }

    /// Share of the requests that the next turn costs. What is short stays so for a lead time, and
    /// for a drain as far as free GPUs do not suffice, and drains wait for the pool that is short;
    /// what gathers meanwhile is cleared by what the budget has left.
    private double turning(Sizes pair) {
        double loss = 0;
        for (var future : turns) {
            double served = future.need().served(pair);
            if (served < 1) {
                double filled = Math.min(MOST_FILLED, future.need().gpus(spec) / spec.budgetGpus());
                double seconds =
                        REACTION_SECONDS
                                + transit.fillingSeconds(
                                        pair, future.need(), Math.max(LEAST_SERVED, served));
                loss +=
                        future.weight()
                                * (1 - served)
                                * Math.min(future.staySeconds(), seconds / (1 - filled));
            }
        }
        return hazard * loss;
    }

    /// Share of the requests that a move costs while donors are gone and receivers not there.
    private double cost(Sizes from, Sizes to) {
        var traded = Switches.between(spec, from, to);
        var taking = traded.toPrefill() > 0 ? Role.PREFILL : Role.DECODE;
        int switched = transit.lags().switched(spec, taking, traded.count());
        if (switched > 0 && switched == traded.count()) {
            return switching(from, taking, switched) + MOVE;
        }
        var between =
                new Sizes(
                        Math.min(from.prefill(), to.prefill()),
                        Math.min(from.decode(), to.decode()));
        return movingSeconds() / horizonSeconds * (present(from) - present(between)) + MOVE;
    }

    /// Share of the requests that is lost while replicas are out of both pools, as many as may be
    /// at a time.
    private double switching(Sizes from, Role taking, int switched) {
        int out = Math.min(spec.switching().atOnce(), switched);
        var giving = taking.other();
        var between = from.plus(giving, -Math.min(out, from.of(giving)));
        return transit.switchingSeconds(taking, switched)
                / horizonSeconds
                * (present(from) - present(between));
    }

    private double movingSeconds() {
        return REACTION_SECONDS + transit.changingSeconds();
    }

    /// The pair that is worth most, of all within budget and bounds. A large fleet is searched on a
    /// grid that is made finer around the best: value has one peak but where `clearing` is at its
    /// bound and where less than a tenth of something is served.
    public Sizes best() {
        return best(spec.budgetGpus());
    }

    /// The same of the pairs with no more GPUs than given, which must be enough for the least pair.
    public Sizes best(int gpus) {
        var most = new Sizes(spec.mostReplicas(Role.PREFILL), spec.mostReplicas(Role.DECODE));
        return best(most, gpus);
    }

    /// The same of the pairs within the budget with no more replicas of a role than given.
    public Sizes best(Sizes most) {
        return best(most, spec.budgetGpus());
    }

    private Sizes best(Sizes most, int gpus) {
        int leastPrefill = spec.prefill().minReplicas();
        int leastDecode = spec.decode().minReplicas();
        int mostPrefill = Math.min(most.prefill(), spec.mostReplicas(Role.PREFILL));
        int mostDecode = Math.min(most.decode(), spec.mostReplicas(Role.DECODE));
        int step = Math.max(1, Math.max(mostPrefill, mostDecode) / GRID);
        var best = search(leastPrefill, mostPrefill, leastDecode, mostDecode, gpus, step);
        while (step > 1) {
            // A little further than the grid was wide, since its edge may hide what is best.
            int reach = 2 * step;
            step = Math.max(1, step / 4);
            var finer =
                    search(
                            Math.max(leastPrefill, best.prefill() - reach),
                            Math.min(mostPrefill, best.prefill() + reach),
                            Math.max(leastDecode, best.decode() - reach),
                            Math.min(mostDecode, best.decode() + reach),
                            gpus,
                            step);
            // Its points need not be among the coarser ones.
            best = value(finer) > value(best) ? finer : best;
        }
        return best;
    }

    /// Of equal pairs the first, which has the fewest prefill replicas; the last of each row, which
    /// fills the budget, is looked at whatever the step.
    private Sizes search(
            int leastPrefill,
            int mostPrefill,
            int leastDecode,
            int mostDecode,
            int gpus,
            int step) {
        var best = new Sizes(leastPrefill, leastDecode);
        double most = Double.NEGATIVE_INFINITY;
        for (int p = leastPrefill; p <= mostPrefill; p += step) {
            int left = gpus - spec.gpus(p, 0);
            int last = Math.min(mostDecode, left / spec.decode().gpusPerReplica());
            for (int d = leastDecode; d <= last; d = d == last ? d + 1 : Math.min(last, d + step)) {
                var pair = new Sizes(p, d);
                double value = value(pair);
                if (value > most) {
                    most = value;
                    best = pair;
                }
            }
        }
        return best;
    }
}
