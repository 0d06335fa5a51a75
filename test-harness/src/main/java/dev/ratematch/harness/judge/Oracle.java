package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Knows the trace. Its schedule is the cheapest path through every window's true work under the
/// real lead time, found by dynamic programming; several cautions are tried on the plant and the
/// best is kept.
final class Oracle implements WindowPolicy {

    private static final double SECONDS = 1e9;
    private static final double WINDOW_SECONDS = 30;

    /// How sure of itself a schedule is.
    ///
    /// @param utilisation share of capacity to plan with
    /// @param drainWindows windows that a drain is taken to last
    private record Caution(double utilisation, int drainWindows) {}

    private static final List<Caution> CAUTIONS =
            List.of(
                    new Caution(0.75, 0),
                    new Caution(0.75, 2),
                    new Caution(0.85, 0),
                    new Caution(0.85, 2),
                    new Caution(0.95, 0),
                    new Caution(0.95, 2));

    private final Pair[] schedule;
    private final Map<String, Double> targets;

    private Oracle(Pair[] schedule, Map<String, Double> targets) {
        this.schedule = schedule;
        this.targets = targets;
    }

    @Override
    public String name() {
        return "oracle";
    }

    @Override
    public Command decide(View view) {
        int window = (int) (view.atSeconds() / WINDOW_SECONDS);
        var pair = schedule[Math.clamp(window, 0, schedule.length - 1)];
        return new Command(pair.prefill(), pair.decode(), "the trace will need it");
    }

    @Override
    public Map<String, Double> targets() {
        return targets;
    }

    /// Schedules of different caution, the split that never moves among them.
    static List<Policy> candidates(Episode episode, Pair start) {
        var load = Load.of(episode);
        var result = new ArrayList<Policy>();
        for (var caution : CAUTIONS) {
            var targets =
                    Map.of(
                            "utilisation",
                            caution.utilisation(),
                            "drain_s",
                            caution.drainWindows() * WINDOW_SECONDS);
            result.add(new Oracle(schedule(episode, load, start, caution), targets));
        }
        var still = new Pair[] {start};
        result.add(new Oracle(still, Map.of()));
        return result;
    }

    /// The same schedules as timetables, for a search to begin with.
    static List<Timetable> schedules(Episode episode, Pair start) {
        var load = Load.of(episode);
        var result = new ArrayList<Timetable>();
        for (var caution : CAUTIONS) {
            var schedule = schedule(episode, load, start, caution);
            var entries = new ArrayList<Timetable.Entry>();
            var last = start;
            for (int w = 0; w < schedule.length; w++) {
                if (!schedule[w].equals(last)) {
                    last = schedule[w];
                    entries.add(new Timetable.Entry(w * WINDOW_SECONDS, last));
                }
            }
            result.add(new Timetable(entries));
        }
        return result;
    }

    /// Replicas that each window keeps busy.
    private static final class Load {

        final double[] prefill;
        final double[] decode;
        final double[] requests;

        private Load(int windows) {
            prefill = new double[windows];
            decode = new double[windows];
            requests = new double[windows];
        }

        static Load of(Episode episode) {
            var trace = episode.trace();
            var maths = new PlantWork(episode.plant(), episode.slo());
            int windows = (int) Math.ceil(trace.durationNanos() / SECONDS / WINDOW_SECONDS) + 1;
            var load = new Load(windows);
            int from = 0;
            var all = trace.requests();
            for (int w = 0; w < windows; w++) {
                int to = from;
                double end = (w + 1) * WINDOW_SECONDS * SECONDS;
                while (to < all.size() && all.get(to).arrivalNanos() < end) {
                    to++;
                }
                var arrivals = all.subList(from, to);
                double resident = PlantWork.residentTokens(arrivals);
                double step = maths.stepSeconds(resident);
                for (var r : arrivals) {
                    load.prefill[w] += maths.prefillGpuSeconds(r.inputTokens(), 0);
                    double work =
                            maths.decodeGpuSeconds(r.inputTokens(), r.outputTokens(), resident);
                    double stay = r.outputTokens() * step;
                    spread(load.decode, w, work, stay);
                }
                load.requests[w] = arrivals.size();
                from = to;
            }
            scale(load.prefill, 1 / (WINDOW_SECONDS * episode.plant().prefill().gpus()));
            scale(load.decode, 1 / (WINDOW_SECONDS * episode.plant().decode().gpus()));
            return load;
        }

        private static void spread(double[] into, int window, double work, double staySeconds) {
            int windows = 1 + (int) (staySeconds / WINDOW_SECONDS);
            for (int i = 0; i < windows && window + i < into.length; i++) {
                into[window + i] += work / windows;
            }
        }

        private static void scale(double[] values, double factor) {
            for (int i = 0; i < values.length; i++) {
                values[i] *= factor;
            }
        }
    }

    private static Pair[] schedule(Episode episode, Load load, Pair start, Caution caution) {
        double utilisation = caution.utilisation();
        var pairs = episode.fullPairs();
        int n = pairs.size();
        int windows = load.requests.length;
        int leadWindows =
                caution.drainWindows()
                        + (int) Math.ceil(episode.plant().startUp().loadSeconds() / WINDOW_SECONDS);
        var cost = new double[windows + 1][n];
        var from = new int[windows + 1][n];
        Arrays.fill(cost[0], Double.POSITIVE_INFINITY);
        for (int i = 0; i < n; i++) {
            // The fleet stands as it starts; leaving that at once is a move like any other.
            cost[0][i] = transition(load, 0, leadWindows, start, pairs.get(i), utilisation);
            from[0][i] = i;
        }
        for (int w = 0; w < windows; w++) {
            for (int to = 0; to < n; to++) {
                cost[w + 1][to] = Double.POSITIVE_INFINITY;
                for (int at = 0; at < n; at++) {
                    double move =
                            at == to
                                    ? 0
                                    : transition(
                                            load,
                                            w,
                                            leadWindows,
                                            pairs.get(at),
                                            pairs.get(to),
                                            utilisation);
                    double total =
                            cost[w][at] + move + shortage(load, w, pairs.get(to), utilisation);
                    if (total < cost[w + 1][to]) {
                        cost[w + 1][to] = total;
                        from[w + 1][to] = at;
                    }
                }
            }
        }
        int last = 0;
        for (int i = 1; i < n; i++) {
            last = cost[windows][i] < cost[windows][last] ? i : last;
        }
        var schedule = new Pair[windows];
        for (int w = windows - 1; w >= 0; w--) {
            schedule[w] = pairs.get(last);
            last = from[w + 1][last];
        }
        return schedule;
    }

    /// What a move costs beyond the windows' own shortage: until the lead time is over the donor
    /// has given and the receiver has not got.
    private static double transition(
            Load load, int window, int leadWindows, Pair from, Pair to, double utilisation) {
        if (from.equals(to)) {
            return 0;
        }
        var meanwhile =
                new Pair(
                        Math.min(from.prefill(), to.prefill()),
                        Math.min(from.decode(), to.decode()));
        double extra = 0.5; // a move that gains nothing is not made
        for (int w = window; w < Math.min(load.requests.length, window + leadWindows); w++) {
            extra += shortage(load, w, meanwhile, utilisation) - shortage(load, w, to, utilisation);
        }
        return extra;
    }

    private static double shortage(Load load, int window, Pair pair, double utilisation) {
        double prefill = load.prefill[window] / pair.prefill();
        double decode = load.decode[window] / pair.decode();
        double busiest = Math.max(prefill, decode) / utilisation;
        return busiest <= 1 ? 0 : load.requests[window] * (busiest - 1);
    }
}
