package dev.ratematch.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/// The log of a process that works for long, on standard error.
final class LogOptions {

    private static final String OURS = "dev.ratematch";

    /// Where there is no network but loopback, these warn of what changes nothing here.
    private static final List<String> LOOPBACK_ONLY =
            List.of(
                    "io.netty.util.internal.MacAddressUtil",
                    "io.netty.resolver.dns.DefaultDnsServerAddressStreamProvider");

    /// Which events are told.
    enum LogLevel {
        error,
        warn,
        info,
        debug
    }

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "${env:RATEMATCH_LOG_FORMAT:-text}",
            description =
                    "Plain text, or one JSON object per line with time, level, logger, "
                            + "message and error. Default: the value of RATEMATCH_LOG_FORMAT, "
                            + "else text.")
    private LogFormat format = LogFormat.text;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "${env:RATEMATCH_LOG_LEVEL:-info}",
            description =
                    "error, warn, info or debug. info logs start, leadership, "
                            + "decisions, writes and refusals; debug adds libraries and stack "
                            + "traces. Default: the value of RATEMATCH_LOG_LEVEL, else info.")
    private LogLevel level = LogLevel.info;

    /// Logs so from now on.
    void apply() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            apply(context);
        }
    }

    void apply(LoggerContext context) {
        context.reset();
        var layout = new LogLine(format, level == LogLevel.debug);
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(libraries());
        context.getLogger(OURS).setLevel(Level.toLevel(level.name()));
        LOOPBACK_ONLY.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
    }

    /// Libraries tell of their own doings, which is of use to whoever looks for a fault in them.
    private Level libraries() {
        return switch (level) {
            case error -> Level.ERROR;
            case warn, info -> Level.WARN;
            case debug -> Level.INFO;
        };
    }
}
