package dev.ratematch.harness.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the arrivals of a trace count, where its format leaves that open.
class TimeUnitTest {

    private static final int ROWS = 200;

    private static TraceReader.Loaded read(String text, @Nullable ClockUnit unit)
            throws IOException {
        var options = new TraceReader.Options(false, false, 1, unit, null);
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return TraceReader.read("t", new ByteArrayInputStream(bytes), options);
    }

    private static String json(IntFunction<String> time) {
        return rows(
                i ->
                        "{\"timestamp\": %s, \"input_length\": 900, \"output_length\": 9}\n"
                                .formatted(time.apply(i)));
    }

    private static String csv(String header, IntFunction<String> time) {
        return header + "\n" + rows(i -> time.apply(i) + ",900,9\n");
    }

    private static String rows(IntFunction<String> row) {
        var text = new StringBuilder();
        for (int i = 0; i < ROWS; i++) {
            text.append(row.apply(i));
        }
        return text.toString();
    }

    private static void taken(String unit, double seconds, String text) throws IOException {
        var loaded = read(text, null);
        assertThat(lastSeconds(loaded)).isEqualTo(seconds);
        assertThat(loaded.notices())
                .singleElement()
                .asString()
                .contains("taken as " + unit, "a second", "--time-unit says otherwise");
    }

    private static void silent(double seconds, String text) throws IOException {
        var loaded = read(text, null);
        assertThat(lastSeconds(loaded)).isEqualTo(seconds);
        assertThat(loaded.notices()).isEmpty();
    }

    private static double lastSeconds(TraceReader.Loaded loaded) {
        return loaded.trace().requests().getLast().arrivalNanos() / 1e9;
    }

    @Test
    void theUsualUnitNeedsNoNotice() throws IOException {
        silent(49.75, json(i -> "" + i * 250));
        silent(49.75, json(i -> "" + (1_700_000_000_000L + i * 250L)));
        silent(49.75, csv("arrival_ms,input_tokens,output_tokens", i -> "" + i * 250));
        silent(398, csv("Timestamp,Request tokens,Response tokens", i -> "" + i * 2));
        silent(0, json(_ -> "7"));
    }

    @Test
    void anotherUnitIsToldByTheRate() throws IOException {
        taken("seconds", 49.75, json(i -> "" + i * 0.25));
        taken("seconds", 398, json(i -> "" + i * 2 + ".0"));
        taken("seconds", 49, json(i -> "" + i / 4));
        taken("seconds", 49, json(i -> "\"" + i / 4 + "\""));
        taken("microseconds", 49.75, json(i -> "" + i * 250_000));
        taken("nanoseconds", 49.75, json(i -> "" + i * 250_000_000L));
        taken(
                "milliseconds",
                49.75,
                csv("arrived_at,num_prefill_tokens,num_decode_tokens", i -> "" + i * 250));
        taken("seconds", 49.75, csv("timestamp,input_length,output_length", i -> "" + i * 0.25));
    }

    @Test
    void timesSince1970TellTheirUnit() throws IOException {
        taken("seconds", 49.75, json(i -> "" + (1_700_000_000L + i * 0.25)));
        taken("microseconds", 49.75, json(i -> "" + (1_700_000_000_000_000L + i * 250_000L)));
        taken(
                "nanoseconds",
                49.75,
                json(i -> "" + (1_700_000_000_000_000_000L + i * 250_000_000L)));
    }

    @Test
    void fractionsOfMillisecondsAreTakenWithANotice() throws IOException {
        taken(
                "milliseconds",
                99.6,
                json(i -> "" + (i * 500 + (i % 2) * 0.5 + (i == 199 ? 99.5 : 0))));
        taken("milliseconds", 1.99, json(i -> "" + i * 10));
    }

    @Test
    void datesNeedNoUnit() throws IOException {
        silent(49, json(i -> "\"2025-03-01T10:00:%02d.000Z\"".formatted(i / 4)));
        assertThatThrownBy(
                        () ->
                                read(
                                        json(i -> "\"2025-03-01T10:00:%02dZ\"".formatted(i / 4)),
                                        ClockUnit.SECONDS))
                .hasMessageContaining("--time-unit (s) has no meaning here");
        String text =
                """
                TIMESTAMP,ContextTokens,GeneratedTokens
                2023-11-17 00:00:00+01:00,5,5
                2023-11-16 23:00:01Z,5,5
                """;
        assertThat(lastSeconds(read(text, null))).isEqualTo(1);
        assertThatThrownBy(
                        () ->
                                read(
                                        json(
                                                i ->
                                                        i < 9
                                                                ? "" + i * 250
                                                                : "\"2025-03-01T10:00:00Z\""),
                                        null))
                .hasMessageContaining("t:10: timestamp (2025-03-01T10:00:00Z) must be a number");
    }

    @Test
    void whatIsAskedForGoesFirst() throws IOException {
        var slow = read(json(i -> "" + i * 250), ClockUnit.SECONDS);
        assertThat(lastSeconds(slow)).isEqualTo(49_750);
        assertThat(slow.notices()).isEmpty();
        var fast = read(json(i -> "" + i * 0.25), ClockUnit.MILLISECONDS);
        assertThat(lastSeconds(fast)).isEqualTo(0.04975);
        assertThat(ClockUnit.parse("--time-unit", "US")).isEqualTo(ClockUnit.MICROSECONDS);
        assertThatThrownBy(() -> ClockUnit.parse("--time-unit", "m"))
                .hasMessageContaining("--time-unit");
    }

    @Test
    void whatNoTraceCanMeanIsRefused() {
        assertThatThrownBy(
                        () ->
                                read(
                                        csv(
                                                "arrival_ms,input_tokens,output_tokens",
                                                i -> "" + i * 0.25),
                                        null))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("t: arrival_ms (0 to 49.75) as milliseconds: 200 requests")
                .hasMessageContaining("--time-unit s (200 requests in 49.75 s")
                .hasMessageContaining("--time-unit ms if that is meant");
        assertThatThrownBy(() -> read(json(i -> "" + i * 250), ClockUnit.NANOSECONDS))
                .hasMessageContaining("100000 a second")
                .hasMessageContaining("--time-unit ms");
        assertThatThrownBy(() -> read(json(i -> "" + i * 250_000_000L), ClockUnit.SECONDS))
                .hasMessageContaining("spans a year at most");
        assertThatThrownBy(
                        () ->
                                read(
                                        csv(
                                                "arrival_s,input_tokens,output_tokens",
                                                i -> "" + (1_700_000_000L + i)),
                                        null))
                .hasMessageContaining("arrival_s (0 to 1700000199)");
    }

    @Test
    void oddButLegalNumbersAreReadAndOthersNamed() throws IOException {
        String odd =
                """
                {"timestamp": "1e3", "input_length": "1e3", "output_length": 20.0}
                {"timestamp": 2.0E3, "input_length": 30, "output_length": "7"}
                """;
        var requests = read(odd, null).trace().requests();
        assertThat(requests.getFirst().inputTokens()).isEqualTo(1000);
        assertThat(requests.getFirst().outputTokens()).isEqualTo(20);
        assertThat(requests.getLast().arrivalNanos()).isEqualTo(1_000_000_000L);
        String quoted =
                "\ufeff\"Arrival_MS\",\"input_tokens\",\"output_tokens\"\r\n\"5\",\"1e2\",\"9\"\r\n";
        assertThat(read(quoted, null).trace().requests().getFirst().inputTokens()).isEqualTo(100);
        String[][] wrong = {
            {"-5", "9", "9", "timestamp (-5) must be a time"},
            {"1e999999999", "9", "9", "timestamp (1e999999999) must be a time"},
            {"1e-999999999", "9", "9", "must be a time"},
            {"99999999999999999999", "9", "9", "must be a time"},
            {"null", "9", "9", "timestamp"},
            {"[1]", "9", "9", "timestamp"},
            {"1", "0", "9", "input_length (0) must be a whole number"},
            {"1", "9", "0", "output_length (0) must be a whole number"},
            {"1", "9.5", "9", "input_length (9.5)"},
            {"1", "1e12", "9", "input_length (1e12)"},
            {"1", "9", "-3", "output_length (-3)"},
            {"1", "true", "9", "input_length (true)"},
        };
        for (String[] row : wrong) {
            assertThatThrownBy(
                            () ->
                                    read(
                                            "{\"timestamp\": %s, \"input_length\": %s, \"output_length\": %s}"
                                                    .formatted((Object[]) row),
                                            null))
                    .isInstanceOf(TraceFormatException.class)
                    .hasMessageContaining("t:1: ")
                    .hasMessageContaining(row[3]);
        }
    }
}
