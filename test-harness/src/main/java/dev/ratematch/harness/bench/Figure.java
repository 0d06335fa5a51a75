package dev.ratematch.harness.bench;

import java.util.Locale;

/// One measured figure.
///
/// @param name what was measured
/// @param value median over the runs, in `unit`
/// @param unit what one counts in
/// @param spreadPercent half the distance between the quartiles, percent of the median
/// @param runs runs behind the median
public record Figure(String name, double value, String unit, double spreadPercent, int runs) {

    /// Two lines, each of the form `name: value unit`.
    public String text() {
        return String.format(
                Locale.ROOT,
                "%s: %s %s%n%s, spread over %d runs: %.1f %%",
                name,
                number(),
                unit,
                name,
                runs,
                spreadPercent);
    }

    /// One JSON object.
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"name\":\"%s\",\"value\":%s,\"unit\":\"%s\",\"spread_percent\":%.1f,\"runs\":%d}",
                name,
                number(),
                unit,
                spreadPercent,
                runs);
    }

    private String number() {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }
}
