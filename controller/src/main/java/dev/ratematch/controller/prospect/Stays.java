package dev.ratematch.controller.prospect;

import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How long kinds of traffic stayed, and what came after each: whether stays of one kind are alike,
/// and when the present one ends if so.
///
/// A stay is either as long as those of its kind before it, log-logistically about their geometric
/// mean, or ends at any moment alike (exponentially). How likely the first is comes from how well
/// either foretold each stay from those before it (Bayes' rule, prequentially: Dawid 1984).
///
/// @param past in order, the oldest first
public record Stays(List<Stay> past) {

    /// One that ended.
    ///
    /// @param kind index of its kind of traffic
    /// @param seconds how long it was there
    /// @param next index of the kind that came
    public record Stay(int kind, double seconds, int next) {

        public Stay {
            Check.finiteAtLeast("seconds", seconds, 0);
        }
    }

    /// None seen.
    public static final Stays NONE = new Stays(List.of());

    private static final int MOST = 32;

    /// Before anything was seen: one service in four has a pattern.
    private static final double PRIOR_REGULAR = 0.25;

    /// Spread of stays that are alike, as if seen in two of them, in logarithms.
    private static final double PRIOR_SPREAD = 0.3;

    private static final double PRIOR_STAYS = 2;

    /// A logistic distribution's scale over its standard deviation.
    private static final double SCALE = Math.sqrt(3) / Math.PI;

    /// A stay is no shorter than a window can tell.
    private static final double LEAST_SECONDS = 1;

    /// Odds beyond which nothing is believed or ruled out.
    private static final double SUREST = 99;

    /// The most that is made of what has to come: 1 in 20 that it does not.
    private static final double MOST_CERTAIN = 3;

    /// What is made of the stays: how likely a pattern is, and how far stays of a kind spread.
    private record Pattern(double probability, double spread) {}

    public Stays {
        past = List.copyOf(past);
    }

    Stays ended(int kind, double seconds, int next) {
        var more = new ArrayList<>(past);
        more.add(new Stay(kind, seconds, next));
        return new Stays(more.subList(Math.max(0, more.size() - MOST), more.size()));
    }

    /// Without a kind that is remembered no more.
    Stays without(int kind) {
        var kept = new ArrayList<Stay>();
        for (var stay : past) {
            if (stay.kind != kind && stay.next != kind) {
                kept.add(new Stay(moved(stay.kind, kind), stay.seconds, moved(stay.next, kind)));
            }
        }
        return new Stays(kept);
    }

    private static int moved(int index, int gone) {
        return index > gone ? index - 1 : index;
    }

    /// How long a kind stays, seconds on average; infinite where that was not seen.
    double meanSeconds(int kind) {
        double sum = 0;
        int count = 0;
        for (var stay : past) {
            if (stay.kind == kind) {
                sum += stay.seconds;
                count++;
            }
        }
        return count == 0 ? Double.POSITIVE_INFINITY : sum / count;
    }

    /// How often one kind came after another.
    int followed(int kind, int next) {
        int count = 0;
        for (var stay : past) {
            count += stay.kind == kind && stay.next == next ? 1 : 0;
        }
        return count;
    }

    /// What the past tells of a stay of a kind; null where there was none of it.
    @Nullable Foretold foretold(int kind) {
        var alike = logs(kind, past.size());
        if (alike.isEmpty()) {
            return null;
        }
        var pattern = pattern();
        double spread = pattern.spread * Math.sqrt(1 + 1.0 / alike.size());
        return new Foretold(pattern.probability, mean(alike), spread * SCALE);
    }

    /// How long a stay lasts.
    ///
    /// @param regular how likely it is as long as those before it
    /// @param mean of the logarithm of seconds then
    /// @param scale of the same
    record Foretold(double regular, double mean, double scale) {

        /// Minus the logarithm of the probability that it lasts so much longer, at most 3.
        double ending(double age, double seconds, double hazard) {
            double most = Math.max(MOST_CERTAIN, hazard * seconds);
            return Math.min(
                    most, StrictMath.log(lasting(age, hazard) / lasting(age + seconds, hazard)));
        }

        private double lasting(double seconds, double hazard) {
            double off = StrictMath.log(Math.max(LEAST_SECONDS, seconds)) - mean;
            return regular / (1 + StrictMath.exp(off / scale))
                    + (1 - regular) * StrictMath.exp(-hazard * seconds);
        }
    }

    private Pattern pattern() {
        double odds = PRIOR_REGULAR / (1 - PRIOR_REGULAR);
        double squares = PRIOR_STAYS * PRIOR_SPREAD * PRIOR_SPREAD;
        double stays = PRIOR_STAYS;
        for (int i = 0; i < past.size(); i++) {
            var before = logs(past.get(i).kind, i);
            if (before.isEmpty()) {
                continue;
            }
            double off = log(past.get(i)) - mean(before);
            double widened = 1 + 1.0 / before.size();
            double spread = Math.sqrt(squares / stays * widened);
            double far = StrictMath.exp(-Math.abs(off) / (spread * SCALE));
            double alike = far / (spread * SCALE * (1 + far) * (1 + far));
            double lengths = StrictMath.exp(off);
            odds *= alike / (lengths * StrictMath.exp(-lengths));
            odds = Math.clamp(odds, 1 / SUREST, SUREST);
            squares += off * off / widened;
            stays += 1;
        }
        return new Pattern(odds / (1 + odds), Math.sqrt(squares / stays));
    }

    /// Logarithms of the stays of a kind among the first so many.
    private List<Double> logs(int kind, int first) {
        var logs = new ArrayList<Double>();
        for (var stay : past.subList(0, first)) {
            if (stay.kind == kind) {
                logs.add(log(stay));
            }
        }
        return logs;
    }

    private static double log(Stay stay) {
        return StrictMath.log(Math.max(LEAST_SECONDS, stay.seconds));
    }

    private static double mean(List<Double> values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.size();
    }
}
