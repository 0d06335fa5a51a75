package dev.ratematch.harness.traffic;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides what the arrivals of a trace count: what was asked for, else what the format usually
/// has, unless the rate that follows is none that a trace can mean and another unit makes sense of
/// it.
///
/// @param unit what they count
/// @param notice what was taken and by which evidence; empty where nothing was in doubt
record UnitChoice(ClockUnit unit, Optional<String> notice) {

    /// Faster than any service that has published a trace: the busiest see some hundreds a second.
    private static final double ABSURD_PER_SECOND = 5000;

    /// Faster than a trace of less than a minute can be meant.
    private static final double BRISK_PER_SECOND = 500;

    /// The same where arrivals have fractions, which writers of seconds leave.
    private static final double BRISK_FRACTIONS_PER_SECOND = 100;

    /// Worth a notice in a trace of less than a minute.
    private static final double HURRIED_PER_SECOND = 50;

    /// Beyond this not even a unit that was asked for is believed.
    private static final double IMPOSSIBLE_PER_SECOND = 100_000;

    private static final double MINUTE = 60;
    private static final double YEAR = 366 * 86_400.0;

    /// Slower than anybody sizes a fleet for: one request in 100 s.
    private static final double SPARSE_PER_SECOND = 0.01;

    /// Fewer rows say nothing of a rate.
    private static final int ROWS_FOR_FAST = 5;

    private static final int ROWS_FOR_SLOW = 20;
    private static final String OPTION = "--time-unit";

    /// Chooses.
    ///
    /// @param format name of the format
    /// @param rows in order of arrival, at least one
    /// @param asked value of the option; null where it was not given
    /// @throws IllegalArgumentException where no unit makes sense; names column, value and option
    static UnitChoice of(String format, List<Row> rows, TimeAxis axis, @Nullable ClockUnit asked) {
        return new Evidence(format, rows, axis).choose(asked);
    }

    /// What the rows say.
    private record Evidence(String format, List<Row> rows, TimeAxis axis) {

        UnitChoice choose(@Nullable ClockUnit asked) {
            boolean wall = axis.certainty() == TimeAxis.Certainty.WALL;
            if (wall && asked != null) {
                throw new IllegalArgumentException(
                        "%s (%s) has no meaning here: %s holds dates and times of day."
                                .formatted(OPTION, asked.symbol(), axis.column()));
            }
            if (asked != null || wall) {
                return checked(asked == null ? axis.unit() : asked);
            }
            if (axis.certainty() == TimeAxis.Certainty.NAMED) {
                return named();
            }
            for (var unit : ClockUnit.values()) {
                if (sinceEpoch(unit) && !fast(unit) && seconds(unit) < YEAR) {
                    return unit == axis.unit()
                            ? new UnitChoice(unit, Optional.empty())
                            : taken(unit, "such numbers are %s since 1970".formatted(unit.words()));
                }
            }
            return usual();
        }

        /// Nothing to weigh: refuses only what cannot be.
        private UnitChoice checked(ClockUnit unit) {
            if (rows.size() >= ROWS_FOR_FAST && rate(unit) > IMPOSSIBLE_PER_SECOND && span() > 0) {
                throw absurd(unit, "no service sees more than 100000 a second");
            }
            if (seconds(unit) > YEAR) {
                throw absurd(unit, "a trace spans a year at most");
            }
            return new UnitChoice(unit, Optional.empty());
        }

        private UnitChoice named() {
            var unit = axis.unit();
            if (fast(unit)) {
                throw absurd(unit, "no service sees so many");
            }
            checked(unit);
            return new UnitChoice(unit, sparse(unit) ? kept("as its name says") : Optional.empty());
        }

        private UnitChoice usual() {
            var unit = axis.unit();
            String has = "which the %s format has".formatted(format);
            boolean fast = fast(unit);
            if (!fast && !sparse(unit) && seconds(unit) <= YEAR) {
                boolean doubtful = unit != ClockUnit.SECONDS && (fractional() || hurried(unit));
                return new UnitChoice(unit, doubtful ? kept(has) : Optional.empty());
            }
            var other = other(fast);
            if (other.isPresent()) {
                return taken(
                        other.get(),
                        "as %s, %s, they would be %s".formatted(unit.words(), has, outcome(unit)));
            }
            if (fast) {
                throw absurd(unit, "no service sees so many");
            }
            checked(unit);
            return new UnitChoice(unit, kept(has));
        }

        private Optional<String> kept(String because) {
            return Optional.of(
                    "%s is taken as %s, %s: %s. %s says otherwise."
                            .formatted(
                                    axis.column(),
                                    axis.unit().words(),
                                    because,
                                    outcome(axis.unit()),
                                    OPTION));
        }

        /// Possible, but more than most traces of that length have.
        private boolean hurried(ClockUnit unit) {
            return rows.size() >= ROWS_FOR_FAST
                    && span() > 0
                    && seconds(unit) < MINUTE
                    && rate(unit) > HURRIED_PER_SECOND;
        }

        /// The nearest unit on the coarser or finer side that makes sense of the rows.
        private Optional<ClockUnit> other(boolean coarser) {
            var side =
                    Arrays.stream(ClockUnit.values())
                            .filter(
                                    u ->
                                            coarser
                                                    ? u.nanos() > axis.unit().nanos()
                                                    : u.nanos() < axis.unit().nanos())
                            .filter(u -> !fast(u) && !sparse(u) && seconds(u) <= YEAR)
                            .toList();
            return side.isEmpty()
                    ? Optional.empty()
                    : Optional.of(coarser ? side.getLast() : side.getFirst());
        }

        private UnitChoice taken(ClockUnit unit, String because) {
            return new UnitChoice(
                    unit,
                    Optional.of(
                            "%s is taken as %s: %s; %s. %s says otherwise."
                                    .formatted(
                                            axis.column(),
                                            unit.words(),
                                            outcome(unit),
                                            because,
                                            OPTION)));
        }

        private IllegalArgumentException absurd(ClockUnit unit, String why) {
            var better =
                    Arrays.stream(ClockUnit.values())
                            .filter(u -> u != unit && !fast(u) && !sparse(u) && seconds(u) <= YEAR)
                            .map(u -> "%s %s (%s)".formatted(OPTION, u.symbol(), outcome(u)))
                            .findFirst();
            return new IllegalArgumentException(
                    "%s (%s to %s) as %s: %s; %s. Say what it counts: %s."
                            .formatted(
                                    axis.column(),
                                    shown(start()),
                                    shown(rows.getLast().at()),
                                    unit.words(),
                                    outcome(unit),
                                    why,
                                    better.orElse(OPTION + " s, ms, us or ns")
                                            + (rate(unit) <= IMPOSSIBLE_PER_SECOND
                                                            && seconds(unit) <= YEAR
                                                    ? ", or %s %s if that is meant"
                                                            .formatted(OPTION, unit.symbol())
                                                    : "")));
        }

        private boolean sinceEpoch(ClockUnit unit) {
            return unit.sinceEpoch(start().asDouble())
                    && unit.sinceEpoch(rows.getLast().at().asDouble());
        }

        private boolean fast(ClockUnit unit) {
            boolean fractions = axis.unit() != ClockUnit.SECONDS && fractional();
            if (span() <= 0 || (rows.size() < ROWS_FOR_FAST && !fractions)) {
                return false;
            }
            double brisk =
                    fractions && unit != ClockUnit.SECONDS
                            ? BRISK_FRACTIONS_PER_SECOND
                            : BRISK_PER_SECOND;
            return rate(unit) > ABSURD_PER_SECOND
                    || (seconds(unit) < MINUTE && rate(unit) >= brisk);
        }

        private boolean sparse(ClockUnit unit) {
            return rows.size() >= ROWS_FOR_SLOW && rate(unit) < SPARSE_PER_SECOND;
        }

        private boolean fractional() {
            return rows.stream().anyMatch(row -> row.at().fractional());
        }

        private Stamp start() {
            return axis.fromFirstRow() ? rows.getFirst().at() : new Stamp(0, 0);
        }

        private double span() {
            return rows.getLast().at().since(start());
        }

        private double seconds(ClockUnit unit) {
            return span() * unit.seconds();
        }

        /// Requests a second; infinite where all arrive at once.
        private double rate(ClockUnit unit) {
            return (rows.size() - 1) / seconds(unit);
        }

        private String outcome(ClockUnit unit) {
            return String.format(
                    Locale.ROOT,
                    "%d requests in %.4g s, %.4g a second",
                    rows.size(),
                    seconds(unit),
                    rate(unit));
        }

        private static String shown(Stamp stamp) {
            return stamp.fractional() ? "" + stamp.asDouble() : "" + stamp.whole();
        }
    }
}
