package dev.ratematch.controller.ledger;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/// All that was recommended, and how far off the promises were in the median.
///
/// @param entries in the order of time
public record Scores(List<Entry> entries) {

    public Scores {
        entries = List.copyOf(entries);
    }

    /// A median with the number of entries that have the figure.
    ///
    /// @param value absolute relative error; absent where no entry can be compared
    public record Median(OptionalDouble value, int of) {}

    /// Median of the absolute relative errors of one promise.
    ///
    /// @param error of an entry, such as that of its mean TTFT; absent where nothing can be said
    public Median median(Function<Entry, OptionalDouble> error) {
        var sorted =
                entries.stream()
                        .map(error)
                        .filter(OptionalDouble::isPresent)
                        .mapToDouble(each -> Math.abs(each.orElseThrow()))
                        .sorted()
                        .toArray();
        int n = sorted.length;
        if (n == 0) {
            return new Median(OptionalDouble.empty(), 0);
        }
        double middle = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        return new Median(OptionalDouble.of(middle), n);
    }

    /// How many have one fate.
    public long count(Entry.Fate fate) {
        return entries.stream().filter(entry -> entry.fate() == fate).count();
    }
}
