package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LogLineTest {

    private static LoggingEvent event(String message, Throwable failure) {
        var context = new LoggerContext();
        var event =
                new LoggingEvent(
                        LogLineTest.class.getName(),
                        context.getLogger("io.library.EventProcessor"),
                        Level.WARN,
                        message,
                        failure,
                        null);
        event.setInstant(Instant.parse("2026-11-01T10:00:00.123456Z"));
        return event;
    }

    private static Throwable failure() {
        return new IllegalStateException(
                "wrapped", new IllegalArgumentException("the server is away\nfor now"));
    }

    @Test
    void aFailureIsOneLineThatEndsWithItsCause() {
        assertThat(new LogLine(LogFormat.text, false).doLayout(event("Retrying", failure())))
                .isEqualTo(
                        "2026-11-01T10:00:00.123Z WARN  EventProcessor: Retrying: the server is away; for now"
                                + System.lineSeparator());
    }

    @Test
    void jsonIsOneObjectALine() {
        assertThat(new LogLine(LogFormat.json, false).doLayout(event("Retrying \"it\"", failure())))
                .isEqualTo(
                        "{\"time\":\"2026-11-01T10:00:00.123Z\",\"level\":\"WARN\",\"logger\":\"io.library.EventProcessor\","
                                + "\"message\":\"Retrying \\\"it\\\"\",\"error\":\"the server is away; for now\"}"
                                + System.lineSeparator());
    }

    @Test
    void whereItCameFromIsShownWhenAskedFor() {
        assertThat(new LogLine(LogFormat.text, true).doLayout(event("Retrying", failure())))
                .contains("\tat ")
                .contains("Caused by");
    }
}
