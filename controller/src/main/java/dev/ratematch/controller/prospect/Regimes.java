package dev.ratematch.controller.prospect;

import dev.ratematch.controller.prospect.Stays.Foretold;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The kinds of traffic that were seen, told apart by what they need, and how often the traffic
/// turned from one to another.
///
/// @param seen in the order in which they were first met
/// @param current index of the one that is there now; -1 before the first
/// @param strange windows in a row that are not of the current kind
/// @param turns how often another kind took its place
/// @param seconds how long was looked
/// @param ageSeconds how long the current kind has been there
/// @param strangeSeconds how long windows in a row have not been of it
/// @param stays how long kinds were there before
public record Regimes(
        List<Regime> seen,
        int current,
        int strange,
        int turns,
        double seconds,
        double ageSeconds,
        double strangeSeconds,
        Stays stays) {

    /// One kind of traffic.
    ///
    /// @param need on average
    /// @param requestsPerSecond on average
    /// @param seconds how long it was there
    /// @param entries how often the traffic turned to it
    public record Regime(Need need, double requestsPerSecond, double seconds, int entries) {

        public Regime {
            Check.finiteAtLeast("requestsPerSecond", requestsPerSecond, 0);
            Check.finiteAtLeast("seconds", seconds, 0);
            Check.atLeast("entries", entries, 0);
        }

        private Regime again() {
            return new Regime(need, requestsPerSecond, seconds, entries + 1);
        }

        private Regime longer(Need newest, double newestRate, double more) {
            double share =
                    Math.min(1, Math.max(1, more) / Math.min(MEMORY_SECONDS, seconds + more + 1));
            return new Regime(
                    new Need(
                            need.prefill() + share * (newest.prefill() - need.prefill()),
                            need.decode() + share * (newest.decode() - need.decode())),
                    requestsPerSecond + share * (newestRate - requestsPerSecond),
                    seconds + more,
                    entries);
        }
    }

    /// None seen.
    public static final Regimes NONE = new Regimes(List.of(), -1, 0, 0, 0, 0, 0, Stays.NONE);

    /// Needs whose parts are within this factor are of one kind.
    private static final double SAME = 1.6;

    /// Parts below this many replicas are alike: one replica carries either.
    private static final double SMALL = 1;

    /// Windows that another kind must last before it is one.
    private static final int STRANGE_MOST = 2;

    private static final int KINDS_MOST = 8;
    private static final double MEMORY_SECONDS = 300;
    private static final double UNSEEN_MOST_SECONDS = 120;

    /// Before anything was seen: as if one turn had come in a quarter of an hour.
    private static final double PRIOR_TURNS = 1;

    private static final double PRIOR_SECONDS = 900;

    public Regimes {
        seen = List.copyOf(seen);
        // A state that an earlier version kept has none.
        stays = Objects.requireNonNullElse(stays, Stays.NONE);
        Check.atLeast("current", current, -1);
        Check.atLeast("kinds", seen.size(), current + 1);
    }

    /// Turns to be expected, 1/s: the mean of a Gamma distribution, the conjugate of a Poisson
    /// rate.
    double hazard() {
        return (turns + PRIOR_TURNS) / (seconds + PRIOR_SECONDS);
    }

    /// GPUs of the kind that needs most.
    double peakGpus(ServiceSpec spec) {
        double most = 0;
        for (var regime : seen) {
            most = Math.max(most, regime.need().gpus(spec));
        }
        return most;
    }

    /// Kinds that are not there now, and may come back.
    List<Regime> others() {
        var others = new ArrayList<>(seen);
        if (current >= 0) {
            others.remove(current);
        }
        return others;
    }

    /// One window more.
    ///
    /// @param sinceSeconds since the one before it; 0 for the first
    Regimes saw(Need need, double requestsPerSecond, double sinceSeconds) {
        double more = Math.min(UNSEEN_MOST_SECONDS, sinceSeconds);
        var next = new ArrayList<>(seen);
        if (current >= 0 && same(seen.get(current).need(), need)) {
            next.set(current, seen.get(current).longer(need, requestsPerSecond, more));
            return new Regimes(
                    next,
                    current,
                    0,
                    turns,
                    seconds + more,
                    ageSeconds + strangeSeconds + more,
                    0,
                    stays);
        }
        if (current >= 0 && strange < STRANGE_MOST) {
            return new Regimes(
                    next,
                    current,
                    strange + 1,
                    turns,
                    seconds + more,
                    ageSeconds,
                    strangeSeconds + more,
                    stays);
        }
        return turned(next, need, requestsPerSecond, more);
    }

    /// Another kind: it has been there since the windows that were strange.
    private Regimes turned(List<Regime> next, Need need, double requestsPerSecond, double more) {
        int from = current;
        var past = stays;
        int found = like(need);
        if (found < 0) {
            int gone = next.size() < KINDS_MOST ? -1 : shortest(next, current);
            if (gone >= 0) {
                next.remove(gone);
                past = past.without(gone);
                from = from > gone ? from - 1 : from;
            }
            next.add(new Regime(need, requestsPerSecond, 0, 0));
            found = next.size() - 1;
        }
        next.set(found, next.get(found).again());
        return new Regimes(
                next,
                found,
                0,
                turns + (from >= 0 ? 1 : 0),
                seconds + more,
                strangeSeconds + more,
                0,
                from >= 0 ? past.ended(from, ageSeconds, found) : past);
    }

    /// When the present stay ends.
    Ending ending() {
        return new Ending(current < 0 ? null : stays.foretold(current), ageSeconds, hazard());
    }

    /// When the present stay ends.
    ///
    /// @param foretold by those before it; null where they tell nothing
    /// @param ageSeconds how long it has lasted
    /// @param hazard of turns at any moment alike, 1/s
    record Ending(@Nullable Foretold foretold, double ageSeconds, double hazard) {

        /// How much nearer than usual the next turn is within so many seconds.
        double nearness(double seconds) {
            double usual = hazard * seconds;
            return foretold == null || !(usual > 0)
                    ? 1
                    : Math.max(1, foretold.ending(ageSeconds, seconds, hazard) / usual);
        }
    }

    /// How long a kind stays, seconds on average; infinite where that was not seen.
    double staySeconds(Regime regime) {
        return stays.meanSeconds(seen.indexOf(regime));
    }

    /// How often a kind came after the one that is there.
    int followed(Regime regime) {
        return current < 0 ? 0 : stays.followed(current, seen.indexOf(regime));
    }

    /// The same in replicas that do otherwise.
    Regimes rescaled(double prefill, double decode) {
        var next = new ArrayList<Regime>();
        for (var regime : seen) {
            next.add(
                    new Regime(
                            regime.need().times(prefill, decode),
                            regime.requestsPerSecond(),
                            regime.seconds(),
                            regime.entries()));
        }
        return new Regimes(
                next, current, strange, turns, seconds, ageSeconds, strangeSeconds, stays);
    }

    /// Whether the newest window turned the traffic.
    boolean turnedSince(Regimes before) {
        return turns > before.turns;
    }

    private int like(Need need) {
        for (int i = seen.size() - 1; i >= 0; i--) {
            if (same(seen.get(i).need(), need)) {
                return i;
            }
        }
        return -1;
    }

    /// The kind that was there for the shortest time, of those that are not there now.
    private static int shortest(List<Regime> kinds, int current) {
        int shortest = current == 0 ? 1 : 0;
        for (int i = 0; i < kinds.size(); i++) {
            if (i != current && kinds.get(i).seconds() < kinds.get(shortest).seconds()) {
                shortest = i;
            }
        }
        return shortest;
    }

    private static boolean same(Need a, Need b) {
        return close(a.prefill(), b.prefill()) && close(a.decode(), b.decode());
    }

    private static boolean close(double a, double b) {
        return Math.max(a, b) < SMALL || (a < SAME * b && b < SAME * a);
    }
}
