package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class LogOptionsTest {

    @Command
    static final class Any {
        @Mixin private LogOptions log = new LogOptions();
    }

    /// Ours, then libraries.
    @ParameterizedTest
    @CsvSource({
        "error, ERROR, ERROR",
        "warn, WARN, WARN",
        "info, INFO, WARN",
        "debug, DEBUG, INFO",
    })
    void librariesTellLess(String level, String ours, String theirs) {
        var any = new Any();
        new CommandLine(any).parseArgs("--log-level", level, "--log-format", "json");
        var context = new LoggerContext();
        any.log.apply(context);
        assertThat(context.getLogger("dev.ratematch.k8s.operator.Session").getEffectiveLevel())
                .isEqualTo(Level.toLevel(ours));
        assertThat(context.getLogger("io.javaoperatorsdk.operator").getEffectiveLevel())
                .isEqualTo(Level.toLevel(theirs));
        assertThat(context.getLogger("io.netty.util.internal.MacAddressUtil").getEffectiveLevel())
                .isEqualTo(Level.ERROR);
    }

    @Test
    void faultsOfOurOwnShowTheirPlaceAndThoseOfLibrariesDoNot() {
        var layout = new LogLine(LogFormat.text, false);
        var context = new LoggerContext();
        var failure = new IllegalStateException("none");
        assertThat(layout.doLayout(event(context, "dev.ratematch.k8s.Any", failure)))
                .contains("\tat ");
        assertThat(layout.doLayout(event(context, "io.fabric8.Any", failure)))
                .doesNotContain("\tat ");
    }

    private static LoggingEvent event(LoggerContext context, String logger, Throwable failure) {
        return new LoggingEvent(
                LogOptionsTest.class.getName(),
                context.getLogger(logger),
                Level.ERROR,
                "The cycle failed.",
                failure,
                null);
    }
}
