package dev.ratematch.controller.replay;

import dev.ratematch.controller.ledger.Compared;
import dev.ratematch.controller.ledger.Comparison;
import dev.ratematch.controller.ledger.Entry;
import dev.ratematch.controller.ledger.Entry.Fate;
import dev.ratematch.controller.ledger.Scores;
import dev.ratematch.controller.ledger.Tally;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/// A ledger as a table: a line for each recommendation, and what is off in the median.
public final class ScoreText {

    private static final double MILLI = 1e3;
    private static final String UNKNOWN = "unknown";

    private ScoreText() {}

    /// A table of each service, under its name where there are several.
    public static String of(Score booked) {
        var text = new StringBuilder();
        booked.scores()
                .forEach(
                        (of, scores) ->
                                text.append(of.isEmpty() ? "" : "%s:%n".formatted(of))
                                        .append(of(scores)));
        return text.toString();
    }

    private static String of(Scores scores) {
        if (scores.entries().isEmpty()) {
            return "Nothing was recommended.%n".formatted();
        }
        var text = new StringBuilder();
        text.append(
                line(
                        "at",
                        "from",
                        "to",
                        "fate",
                        "win-",
                        "served, req/s",
                        "TTFT mean, ms",
                        "ITL mean, ms",
                        "GPU-hours",
                        "late, %",
                        "unserved, %"));
        text.append(
                line(
                        "",
                        "",
                        "",
                        "",
                        "dows",
                        "promised measured",
                        "promised measured",
                        "promised measured",
                        "held advised",
                        "ignored followed",
                        "ignored followed"));
        scores.entries().forEach(entry -> text.append(row(entry)));
        return text.append(summary(scores)).toString();
    }

    private static String line(Object... cells) {
        String row =
                String.format(
                        Locale.ROOT,
                        "%9s  %-7s %-7s %-9s %5s  %-20s %-21s %-21s %-13s %-17s %s",
                        cells);
        return row.stripTrailing() + System.lineSeparator();
    }

    private static String row(Entry entry) {
        var came = entry.asItCame();
        return line(
                clock(entry.atSeconds()),
                entry.from().ratio(),
                entry.to().ratio(),
                entry.fate().name().toLowerCase(Locale.ROOT),
                entry.steady() + "/" + entry.settled().windows(),
                pair(came.served(), 1, 1),
                pair(came.ttft(), MILLI, 0),
                pair(came.itl(), MILLI, 1),
                figure(entry.gpuHoursHeld(), 1, 2)
                        + " "
                        + figure(entry.gpuHoursRecommended(), 1, 2),
                shares(entry, Tally::lateShare),
                shares(entry, Tally::unservedShare));
    }

    private static String clock(double seconds) {
        long whole = Math.round(seconds);
        return "%02d:%02d:%02d".formatted(whole / 3600 % 24, whole / 60 % 60, whole % 60);
    }

    private static String shares(Entry entry, Function<Tally, OptionalDouble> of) {
        return figure(of.apply(entry.ignored()), 100, 0)
                + " "
                + figure(of.apply(entry.settled()), 100, 0);
    }

    private static String pair(Compared of, double unit, int decimals) {
        if (of.error().isEmpty()) {
            return UNKNOWN;
        }
        return figure(of.promised(), unit, decimals)
                + " "
                + figure(of.measured(), unit, decimals)
                + String.format(Locale.ROOT, " %+.0f%%", 100 * of.error().orElseThrow());
    }

    private static String figure(OptionalDouble value, double unit, int decimals) {
        return value.isPresent()
                ? String.format(Locale.ROOT, "%." + decimals + "f", unit * value.getAsDouble())
                : UNKNOWN;
    }

    private static String summary(Scores scores) {
        var text = new StringBuilder();
        text.append(
                "%n%d recommendations: %d followed, %d begun, %d ignored.%n"
                        .formatted(
                                scores.entries().size(),
                                scores.count(Fate.FOLLOWED),
                                scores.count(Fate.BEGUN),
                                scores.count(Fate.IGNORED)));
        text.append(
                "Off in the median, for the traffic that came: %s.%n"
                        .formatted(medians(scores, Entry::asItCame)));
        text.append(
                "Off in the median, for the traffic expected then: %s.%n"
                        .formatted(medians(scores, Entry::asSaid)));
        return text.toString();
    }

    private static String medians(Scores scores, Function<Entry, Comparison> which) {
        return String.join(
                ", ",
                median(scores, "served", entry -> which.apply(entry).served().error()),
                median(scores, "mean TTFT", entry -> which.apply(entry).ttft().error()),
                median(scores, "mean ITL", entry -> which.apply(entry).itl().error()));
    }

    private static String median(
            Scores scores, String name, Function<Entry, OptionalDouble> error) {
        var median = scores.median(error);
        return median.value().isPresent()
                ? String.format(
                        Locale.ROOT,
                        "%s %.1f %% (of %d)",
                        name,
                        100 * median.value().getAsDouble(),
                        median.of())
                : name + " " + UNKNOWN;
    }
}
