package dev.ratematch.harness.traffic;

import java.time.DateTimeException;
import java.time.LocalDate;

/// Reads dates with times of day: `2023-11-16 18:17:03.9799600`, a `T` in place of the space, up to
/// nine decimals, `Z` or an offset such as `+01:00` behind it; without one, UTC.
final class WallClock {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final String column;
    private String day = "";
    private long dayNanos;

    WallClock(String column) {
        this.column = column;
    }

    /// Whether a text begins as a date does.
    static boolean looksLike(String text) {
        return text.length() >= 19
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(13) == ':';
    }

    /// Nanoseconds since 1970.
    Stamp stamp(String text) throws BadRow {
        int zone = zoneAt(text);
        String clock = zone < 0 ? text : text.substring(0, zone);
        if (clock.length() < 19
                || (clock.charAt(10) != ' ' && clock.charAt(10) != 'T')
                || clock.charAt(13) != ':'
                || clock.charAt(16) != ':') {
            throw notTime(text);
        }
        if (!clock.startsWith(day) || day.isEmpty()) {
            setDay(clock.substring(0, 10), text);
        }
        int hours = twoDigits(clock, 11, 23, text);
        int minutes = twoDigits(clock, 14, 59, text);
        int seconds = twoDigits(clock, 17, 59, text);
        long nanos = ((hours * 60L + minutes) * 60L + seconds) * SECOND_NANOS;
        if (clock.length() > 19) {
            nanos += decimals(clock, text);
        }
        long since = dayNanos + nanos - (zone < 0 ? 0 : offsetNanos(text, zone));
        if (since < 0) {
            throw notTime(text);
        }
        return new Stamp(since, 0);
    }

    private static int zoneAt(String text) {
        for (int i = 19; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+' || c == '-' || c == 'Z') {
                return i;
            }
        }
        return -1;
    }

    /// `Z`, `+01`, `+0100` or `+01:00`.
    private long offsetNanos(String text, int zone) throws BadRow {
        if (text.charAt(zone) == 'Z' && text.length() == zone + 1) {
            return 0;
        }
        String digits = text.substring(zone + 1).replace(":", "");
        if (text.charAt(zone) == 'Z' || !digits.matches("[0-9]{2}([0-9]{2})?")) {
            throw notTime(text);
        }
        long minutes = Integer.parseInt(digits.substring(0, 2)) * 60L;
        if (digits.length() == 4) {
            minutes += Integer.parseInt(digits.substring(2));
        }
        return (text.charAt(zone) == '-' ? -minutes : minutes) * 60 * SECOND_NANOS;
    }

    private long decimals(String clock, String text) throws BadRow {
        if (clock.charAt(19) != '.') {
            throw notTime(text);
        }
        long nanos = 0;
        long place = SECOND_NANOS;
        for (int i = 20; i < clock.length(); i++) {
            char c = clock.charAt(i);
            if (c < '0' || c > '9') {
                throw notTime(text);
            }
            place /= 10;
            nanos += place * (c - '0');
        }
        return nanos;
    }

    private void setDay(String date, String text) throws BadRow {
        try {
            dayNanos = LocalDate.parse(date).toEpochDay() * 86_400 * SECOND_NANOS;
            day = date;
        } catch (DateTimeException e) {
            throw notTime(text);
        }
    }

    private int twoDigits(String text, int at, int maximum, String shown) throws BadRow {
        int tens = text.charAt(at) - '0';
        int ones = text.charAt(at + 1) - '0';
        int value = (tens * 10) + ones;
        if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || value > maximum) {
            throw notTime(shown);
        }
        return value;
    }

    private BadRow notTime(String text) {
        return new BadRow(column, text, "must be a time such as 2023-11-16 18:17:03.9799600.");
    }
}
