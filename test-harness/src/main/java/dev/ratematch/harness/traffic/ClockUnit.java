package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Names;
import java.util.Arrays;
import java.util.Locale;

/// What the arrivals of a trace count, coarsest first.
public enum ClockUnit {
    SECONDS("s", 1_000_000_000L),
    MILLISECONDS("ms", 1_000_000L),
    MICROSECONDS("us", 1_000L),
    NANOSECONDS("ns", 1L);

    /// Seconds from 1970 to the years 2001 and 2100: no other unit reaches them with such numbers.
    private static final double EPOCH_FROM_SECONDS = 1e9;

    private static final double EPOCH_TO_SECONDS = 4.1e9;

    private final String symbol;
    private final long nanos;

    ClockUnit(String symbol, long nanos) {
        this.symbol = symbol;
        this.nanos = nanos;
    }

    /// As people write it.
    public String symbol() {
        return symbol;
    }

    /// In words.
    String words() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Its length, nanoseconds.
    long nanos() {
        return nanos;
    }

    /// Its length, seconds.
    double seconds() {
        return nanos / 1e9;
    }

    /// Whether a count of this unit is an instant of this century.
    boolean sinceEpoch(double count) {
        return count * seconds() >= EPOCH_FROM_SECONDS && count * seconds() < EPOCH_TO_SECONDS;
    }

    /// `s`, `ms`, `us` or `ns`.
    ///
    /// @param option for messages
    public static ClockUnit parse(String option, String text) {
        for (var unit : values()) {
            if (unit.symbol.equals(text.strip().toLowerCase(Locale.ROOT))) {
                return unit;
            }
        }
        throw Names.unknown(option, text, Arrays.stream(values()).map(ClockUnit::symbol).toList());
    }
}
