package dev.ratematch.harness.traffic;

import java.time.DateTimeException;
import java.time.LocalDate;

/// Azure LLM inference traces (2023 and 2024): `TIMESTAMP,ContextTokens,GeneratedTokens`,
/// wall-clock times with up to nine decimals; a zone suffix is ignored, as one file has one zone.
final class AzureFormat implements RowFormat {

    private static final String TIME = "TIMESTAMP";

    private final Fields fields;
    private final int time;
    private final int input;
    private final int output;
    private String day = "";
    private long dayNanos;

    AzureFormat(String header) {
        fields = new Fields(header);
        time = fields.column(TIME);
        input = fields.column("ContextTokens");
        output = fields.column("GeneratedTokens");
    }

    static boolean matches(String header) {
        var names = Fields.split(header);
        return names.contains(TIME)
                && names.contains("ContextTokens")
                && names.contains("GeneratedTokens");
    }

    @Override
    public String name() {
        return "azure";
    }

    @Override
    public void read(String line, Rows rows) throws BadRow {
        fields.set(line);
        String text = fields.text(time);
        rows.add(
                TIME,
                text,
                nanos(text),
                fields.tokens(input, 1),
                fields.tokens(output, 1),
                Request.NONE,
                "",
                this);
    }

    /// `2023-11-16 18:17:03.9799600`, nanoseconds since 1970.
    private long nanos(String text) throws BadRow {
        int zone = Math.max(text.indexOf('+', 19), text.indexOf('Z', 19));
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
        long nanos = ((hours * 60L + minutes) * 60L + seconds) * 1_000_000_000L;
        if (clock.length() > 19) {
            if (clock.charAt(19) != '.') {
                throw notTime(text);
            }
            long place = 1_000_000_000L;
            for (int i = 20; i < clock.length(); i++) {
                char c = clock.charAt(i);
                if (c < '0' || c > '9') {
                    throw notTime(text);
                }
                place /= 10;
                nanos += place * (c - '0');
            }
        }
        return dayNanos + nanos;
    }

    private void setDay(String date, String text) throws BadRow {
        try {
            dayNanos = LocalDate.parse(date).toEpochDay() * 86_400_000_000_000L;
            day = date;
        } catch (DateTimeException e) {
            throw notTime(text);
        }
    }

    private static int twoDigits(String text, int at, int maximum, String shown) throws BadRow {
        int tens = text.charAt(at) - '0';
        int ones = text.charAt(at + 1) - '0';
        int value = (tens * 10) + ones;
        if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || value > maximum) {
            throw notTime(shown);
        }
        return value;
    }

    private static BadRow notTime(String text) {
        return new BadRow(TIME, text, "must be a time such as 2023-11-16 18:17:03.9799600.");
    }
}
