package dev.ratematch.harness.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Truth beside reading, row by row: each is written down first and held to its bound when all are.
final class Comparison {

    /// How far a mean may be off.
    static final double MEANS = 0.05;

    private static final double ESTIMATES = 0.2;

    private record Row(
            String what, double truth, double read, double bound, String unit, String remark) {}

    private final String system;
    private final List<Row> rows = new ArrayList<>();

    /// @param system whose figures they are, for people
    Comparison(String system) {
        this.system = system;
    }

    /// Within 5 %.
    void mean(String what, double truth, Reading seen, String unit) {
        double read = value(seen);
        String off = String.format(Locale.ROOT, "%+.1f %%", 100 * (read / truth - 1));
        rows.add(new Row(what, truth, read, MEANS * truth, unit, off.replace("-0.0", "+0.0")));
    }

    /// Equal, but for what scaling to the window's length rounds.
    void count(String what, double truth, Reading seen) {
        rows.add(new Row(what, truth, value(seen), 1e-6 * truth, "", "equal"));
    }

    /// Within the width of its bucket.
    ///
    /// @param truth seconds
    /// @param in seconds
    void quantile(String what, double truth, Reading seen, @Nullable Bucket in) {
        var bucket = Objects.requireNonNull(in, "no bucket of " + what);
        double width = 1e3 * (bucket.upper() - bucket.lower());
        String remark =
                "bucket %s to %s ms"
                        .formatted(shown(1e3 * bucket.lower()), shown(1e3 * bucket.upper()));
        rows.add(new Row(what, 1e3 * truth, 1e3 * value(seen), width, " ms", remark));
    }

    /// Within 5 %.
    ///
    /// @param truth seconds
    void meanMillis(String what, double truth, Reading seen) {
        mean(what, 1e3 * truth, Reading.of(1e3 * value(seen)), " ms");
    }

    /// A time that is put together of what two engines measure: what passes between them, and on
    /// the way to them, neither sees.
    void estimateMillis(String what, double truth, Reading seen) {
        meanMillis(what, truth, seen);
        var row = rows.removeLast();
        rows.add(
                new Row(
                        row.what(),
                        row.truth(),
                        row.read(),
                        ESTIMATES * row.truth(),
                        row.unit(),
                        row.remark() + ", an estimate"));
    }

    private static double value(Reading seen) {
        assertThat(seen.known()).as("%s", seen).isTrue();
        return seen.orElse(0);
    }

    private static String shown(double value) {
        String text = String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.1f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    /// The rows of the table in docs/telemetry.md.
    List<String> table() {
        return rows.stream()
                .map(
                        r ->
                                "| %s | %s | %s%s | %s%s | %s |"
                                        .formatted(
                                                system,
                                                r.what(),
                                                shown(r.truth()),
                                                r.unit(),
                                                shown(r.read()),
                                                r.unit(),
                                                r.remark()))
                .toList();
    }

    /// Fails at the first row that is off by more than its bound.
    void check() {
        for (var row : rows) {
            assertThat(row.read())
                    .as("%s: %s", system, row.what())
                    .isCloseTo(row.truth(), within(row.bound()));
        }
    }
}
