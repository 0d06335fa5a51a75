package dev.ratematch.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// One event as one line: time in UTC, level, who, what, and of a failure its cause.
final class LogLine extends LayoutBase<ILoggingEvent> {

    private static final int CAUSES_MAX = 8;

    /// Where our own code is.
    private static final String OURS = "dev.ratematch";

    private final LogFormat format;
    private final boolean traces;

    /// @param traces whether every failure shows where it came from; else only errors of our own
    ///   do, for they are faults of ours, while libraries try again by themselves
    LogLine(LogFormat format, boolean traces) {
        this.format = format;
        this.traces = traces;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        String time =
                Instant.ofEpochMilli(event.getTimeStamp())
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString();
        String name = event.getLoggerName();
        String who = name.substring(name.lastIndexOf('.') + 1);
        var failure = event.getThrowableProxy();
        boolean traced = traces || (event.getLevel() == Level.ERROR && name.startsWith(OURS));
        String text = event.getFormattedMessage().strip();
        if (format == LogFormat.json) {
            var node =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("time", time)
                            .put("level", event.getLevel().toString())
                            .put("logger", name)
                            .put("message", text);
            if (failure != null) {
                node.put("error", cause(failure));
                if (traced) {
                    node.put("trace", ThrowableProxyUtil.asString(failure));
                }
            }
            return node + System.lineSeparator();
        }
        var line = new StringBuilder("%s %-5s %s: %s".formatted(time, event.getLevel(), who, text));
        if (failure != null) {
            line.append(": ").append(cause(failure));
            if (traced) {
                line.append(System.lineSeparator()).append(ThrowableProxyUtil.asString(failure));
            }
        }
        return line.append(System.lineSeparator()).toString();
    }

    /// What is at the bottom of it, which is what went wrong.
    private static String cause(IThrowableProxy failure) {
        var last = failure;
        for (int i = 0; i < CAUSES_MAX && last.getCause() != null; i++) {
            last = last.getCause();
        }
        String type = last.getClassName().substring(last.getClassName().lastIndexOf('.') + 1);
        String said = last.getMessage();
        return said == null || said.isBlank()
                ? type
                : said.strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ");
    }
}
