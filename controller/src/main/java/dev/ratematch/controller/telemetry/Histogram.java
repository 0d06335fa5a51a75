package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.TrafficReading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/// Observations counted in buckets, with their exact sum and number. Immutable. Bounds are always
/// those that were exposed; nothing is assumed about them.
public final class Histogram {

    /// No bounds and nothing counted.
    public static final Histogram EMPTY =
            new Histogram(new double[] {Double.POSITIVE_INFINITY}, new double[1], 0, 0);

    private final double[] upper;
    private final double[] cumulative;
    private final double sum;
    private final double count;

    private Histogram(double[] upper, double[] cumulative, double sum, double count) {
        this.upper = upper;
        this.cumulative = cumulative;
        this.sum = sum;
        this.count = count;
    }

    /// A histogram from its parts.
    ///
    /// @param upper ascending upper bounds; the last one may be left out when it is infinite
    /// @param cumulative observations at most as large as each bound
    /// @param sum of all observations
    /// @param count number of all observations
    public static Histogram of(double[] upper, double[] cumulative, double sum, double count) {
        if (upper.length != cumulative.length) {
            throw new IllegalArgumentException(
                    "upper (%d) and cumulative (%d) must be of one length."
                            .formatted(upper.length, cumulative.length));
        }
        int n = upper.length;
        boolean closed = n > 0 && upper[n - 1] == Double.POSITIVE_INFINITY;
        var bounds = Arrays.copyOf(upper, closed ? n : n + 1);
        var counts = Arrays.copyOf(cumulative, bounds.length);
        if (!closed) {
            bounds[n] = Double.POSITIVE_INFINITY;
            counts[n] = count;
        }
        for (int i = 1; i < bounds.length; i++) {
            if (!(bounds[i] > bounds[i - 1])) {
                throw new IllegalArgumentException(
                        "upper (%s) must ascend.".formatted(Arrays.toString(upper)));
            }
        }
        return new Histogram(bounds, counts, sum, count);
    }

    /// The family in one scrape, summed over its label sets; empty when it is absent. A NaN in it
    /// makes sum and count NaN.
    public static Histogram of(Scrape scrape, String family) {
        return of(scrape, family, _ -> true);
    }

    /// The same of those series that pass.
    static Histogram of(Scrape scrape, String family, Predicate<Series> which) {
        double[] bounds = new double[32];
        double[] counts = new double[32];
        int size = 0;
        int place = 0;
        for (int index : scrape.indices(family + "_bucket")) {
            double bound = scrape.series(index).upperBound();
            if (!bound(bound) || !which.test(scrape.series(index))) {
                continue;
            }
            place = place < size && bounds[place] <= bound ? place : 0;
            while (place < size && bounds[place] < bound) {
                place++;
            }
            if (place == size || bounds[place] != bound) {
                if (size == bounds.length) {
                    bounds = Arrays.copyOf(bounds, 2 * size);
                    counts = Arrays.copyOf(counts, 2 * size);
                }
                System.arraycopy(bounds, place, bounds, place + 1, size - place);
                System.arraycopy(counts, place, counts, place + 1, size - place);
                bounds[place] = bound;
                counts[place] = 0;
                size++;
            }
            counts[place] += scrape.value(index);
        }
        double count = total(scrape, family + "_count", which);
        boolean counted = scrape.has(family + "_count");
        boolean closed = size > 0 && bounds[size - 1] == Double.POSITIVE_INFINITY;
        return of(
                Arrays.copyOf(bounds, size),
                Arrays.copyOf(counts, size),
                total(scrape, family + "_sum", which),
                counted || !closed ? count : counts[size - 1]);
    }

    private static boolean bound(double upper) {
        return Numbers.measurable(upper) || upper == Double.POSITIVE_INFINITY;
    }

    private static double total(Scrape scrape, String name, Predicate<Series> which) {
        double total = 0;
        for (int index : scrape.indices(name)) {
            total += which.test(scrape.series(index)) ? scrape.value(index) : 0;
        }
        return total;
    }

    /// What was observed since an earlier state of the same process. Negative differences, which
    /// only a torn scrape can show, count as nothing.
    public Histogram since(Histogram before) {
        return combine(before, -1);
    }

    /// The observations of both. Where bounds differ, only the common ones remain, at which both
    /// counts are exact.
    public Histogram plus(Histogram other) {
        return combine(other, 1);
    }

    /// The same observations in another unit.
    public Histogram scaled(double factor) {
        if (factor == 1) {
            return this;
        }
        var bounds = upper.clone();
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] *= factor;
        }
        return new Histogram(bounds, cumulative, factor * sum, count);
    }

    /// The same with each observation in so many equal parts.
    Histogram split(double parts) {
        var bounds = upper.clone();
        var counts = cumulative.clone();
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] /= parts;
            counts[i] *= parts;
        }
        return new Histogram(bounds, counts, sum, parts * count);
    }

    private Histogram combine(Histogram other, double sign) {
        if (other.blank()) {
            return this;
        }
        if (blank() && sign > 0) {
            return other;
        }
        var bounds = new double[Math.min(upper.length, other.upper.length)];
        var counts = new double[bounds.length];
        int size = 0;
        int j = 0;
        double floor = 0;
        for (int i = 0; i < upper.length; i++) {
            while (j < other.upper.length && other.upper[j] < upper[i]) {
                j++;
            }
            if (j < other.upper.length && other.upper[j] == upper[i]) {
                bounds[size] = upper[i];
                floor = Math.max(floor, cumulative[i] + sign * other.cumulative[j]);
                counts[size++] = floor;
            }
        }
        return new Histogram(
                Arrays.copyOf(bounds, size),
                Arrays.copyOf(counts, size),
                Math.max(0, sum + sign * other.sum),
                Math.max(0, count + sign * other.count));
    }

    /// Whether all that it counted can have been counted.
    boolean measurable() {
        return Numbers.measurable(sum)
                && Numbers.measurable(count)
                && Arrays.stream(cumulative).allMatch(Numbers::measurable);
    }

    private boolean blank() {
        return count == 0 && upper.length == 1;
    }

    /// Number of observations; NaN when the source said so.
    public double count() {
        return count;
    }

    /// Their sum.
    public double sum() {
        return sum;
    }

    /// The least finite bound: what lies below it is not told apart. Empty without bounds.
    public OptionalDouble finestBound() {
        return upper[0] < Double.POSITIVE_INFINITY
                ? OptionalDouble.of(upper[0])
                : OptionalDouble.empty();
    }

    /// Sum over count, exact; empty without observations.
    public OptionalDouble mean() {
        return count > 0 && Double.isFinite(sum / count)
                ? OptionalDouble.of(sum / count)
                : OptionalDouble.empty();
    }

    /// The value below which a share of the observations lies, linear within its bucket. Above the
    /// largest finite bound it is that bound; empty without observations or finite bounds.
    ///
    /// @param share in [0, 1]
    public OptionalDouble quantile(double share) {
        double total = cumulative[cumulative.length - 1];
        if (!(total > 0) || upper.length < 2) {
            return OptionalDouble.empty();
        }
        double rank = share * total;
        int i = 0;
        while (i < upper.length - 1 && cumulative[i] < rank) {
            i++;
        }
        if (i == upper.length - 1) {
            return OptionalDouble.of(upper[i - 1]);
        }
        double below = i == 0 ? 0 : cumulative[i - 1];
        double inside = cumulative[i] - below;
        double lower = lower(i);
        return OptionalDouble.of(
                inside > 0 ? lower + (upper[i] - lower) * (rank - below) / inside : upper[i]);
    }

    /// The bucket in which that value lies; empty where there is no such value. Of the one above
    /// the largest finite bound the end is infinite.
    ///
    /// @param share in [0, 1]
    public Optional<TrafficReading.Bucket> bucket(double share) {
        double total = cumulative[cumulative.length - 1];
        if (!(total > 0) || upper.length < 2) {
            return Optional.empty();
        }
        int i = 0;
        while (i < upper.length - 1 && cumulative[i] < share * total) {
            i++;
        }
        double inside = cumulative[i] - (i == 0 ? 0 : cumulative[i - 1]);
        return Optional.of(new TrafficReading.Bucket(lower(i), upper[i], inside));
    }

    /// Lengths and latencies begin at zero.
    private double lower(int bucket) {
        return bucket == 0 ? Math.min(0, upper[0]) : upper[bucket - 1];
    }

    /// Squared coefficient of variation, from where the observations lie in their buckets: a place
    /// guessed from how dense the neighbours are, then moved in all buckets alike such that the
    /// mean is the exact one. The spread within a bucket is that of a flat density about that
    /// place.
    public OptionalDouble cv2() {
        var cells = cells();
        var mean = mean();
        if (cells.isEmpty() || mean.isEmpty() || !(mean.getAsDouble() > 0)) {
            return OptionalDouble.empty();
        }
        double total = 0;
        double guess = 0;
        double room = 0;
        for (int i = 0; i < cells.size(); i++) {
            var cell = cells.get(i);
            double inside = cell.count() * (cell.upper() - cell.lower());
            total += cell.count();
            guess += cell.count() * cell.lower() + inside * place(cells, i);
            room += inside * place(cells, i);
        }
        double gap = mean.getAsDouble() * total - guess;
        double roomUp = cells.stream().mapToDouble(c -> c.count() * c.upper()).sum() - guess;
        double up = gap > 0 && roomUp > 0 ? Math.min(1, gap / roomUp) : 0;
        double down = gap < 0 && room > 0 ? Math.min(1, -gap / room) : 0;
        double middle = 0;
        double squares = 0;
        for (int i = 0; i < cells.size(); i++) {
            var cell = cells.get(i);
            double width = cell.upper() - cell.lower();
            double place = place(cells, i) * (1 - down);
            place += up * (1 - place);
            double at = cell.lower() + place * width;
            middle += cell.count() * at;
            squares += cell.count() * (at * at + width * width * place * (1 - place) / 3);
        }
        double mid = middle / total;
        return OptionalDouble.of(Math.max(0, squares / total / (mid * mid) - 1));
    }

    /// Where the observations of a cell lie on average, as a share of its width, for a density that
    /// falls or rises by a constant factor between the geometric means with the neighbours'. Where
    /// the next cell is empty, the density is taken to have fallen to an eighth.
    private static double place(List<TrafficReading.Bucket> cells, int index) {
        double own = density(cells.get(index));
        boolean left = index > 0 && cells.get(index - 1).upper() == cells.get(index).lower();
        boolean right =
                index + 1 < cells.size()
                        && cells.get(index + 1).lower() == cells.get(index).upper();
        double before = left ? density(cells.get(index - 1)) : own / 8;
        double after = right ? density(cells.get(index + 1)) : own / 8;
        double ratio = Math.min(1e3, Math.max(1e-3, StrictMath.sqrt(after / before)));
        return Math.abs(ratio - 1) < 1e-3 ? 0.5 : -1 / StrictMath.log(ratio) - ratio / (1 - ratio);
    }

    private static double density(TrafficReading.Bucket cell) {
        // A cell above the largest bound may have no width; its density must stay finite.
        double least = 1e-9 * (1 + Math.abs(cell.upper()));
        return cell.count() / Math.max(least, cell.upper() - cell.lower());
    }

    /// The occupied buckets, all of them finite: what lies above the largest finite bound is put
    /// into a cell whose middle is what the sum leaves for it.
    public List<TrafficReading.Bucket> cells() {
        var cells = new ArrayList<TrafficReading.Bucket>();
        double below = 0;
        double middles = 0;
        for (int i = 0; i < upper.length - 1; i++) {
            double inside = cumulative[i] - below;
            if (inside > 0) {
                cells.add(new TrafficReading.Bucket(lower(i), upper[i], inside));
                middles += inside * (lower(i) + upper[i]) / 2;
                below = cumulative[i];
            }
        }
        double above = cumulative[upper.length - 1] - below;
        if (above > 0) {
            double lower = upper.length > 1 ? upper[upper.length - 2] : 0;
            double middle = Math.max(lower, (sum - middles) / above);
            if (Double.isFinite(middle)) {
                cells.add(new TrafficReading.Bucket(lower, 2 * middle - lower, above));
            }
        }
        return List.copyOf(cells);
    }
}
