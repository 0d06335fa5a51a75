package dev.ratematch.harness.traffic;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/// An arrival as it stands in a file: a count of a unit that may not be known yet.
///
/// @param whole whole units, at least 0
/// @param billionths of a unit, 0 to 999999999
record Stamp(long whole, int billionths) implements Comparable<Stamp> {

    private static final int DIGITS_MAX = 18;
    private static final int DECIMALS_MAX = 40;
    private static final long BILLION = 1_000_000_000L;

    /// A decimal number of units, with an exponent or without.
    static Stamp parse(String column, String text) throws BadRow {
        return number(text)
                .filter(value -> value.signum() >= 0)
                .map(
                        value -> {
                            var cut = value.setScale(9, RoundingMode.DOWN);
                            long whole = cut.longValue();
                            var rest = cut.subtract(BigDecimal.valueOf(whole));
                            return new Stamp(whole, rest.movePointRight(9).intValue());
                        })
                .orElseThrow(
                        () -> new BadRow(column, text, "must be a time, a number of at least 0."));
    }

    /// A number of sensible length; empty for anything else.
    static Optional<BigDecimal> number(String text) {
        if (text.isEmpty() || text.length() > 2 * DECIMALS_MAX) {
            return Optional.empty();
        }
        try {
            var value = new BigDecimal(text);
            boolean sensible =
                    value.precision() - (long) value.scale() <= DIGITS_MAX + 1
                            && value.scale() <= DECIMALS_MAX;
            // 19 digits are more than a long holds only at their upper end.
            return sensible && value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
                    ? Optional.of(value)
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean fractional() {
        return billionths != 0;
    }

    /// Units from another instant to this one.
    double since(Stamp start) {
        return (double) (whole - start.whole) + (billionths - start.billionths) / 1e9;
    }

    /// Nanoseconds from another instant, not a later one, to this one.
    ///
    /// @throws ArithmeticException beyond three centuries
    long nanosSince(Stamp start, ClockUnit unit) {
        long nanos = Math.multiplyExact(whole - start.whole, unit.nanos());
        return nanos + (billionths - start.billionths) * unit.nanos() / BILLION;
    }

    double asDouble() {
        return whole + billionths / 1e9;
    }

    @Override
    public int compareTo(Stamp other) {
        int byWhole = Long.compare(whole, other.whole);
        return byWhole != 0 ? byWhole : Integer.compare(billionths, other.billionths);
    }
}
