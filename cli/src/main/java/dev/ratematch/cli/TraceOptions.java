package dev.ratematch.cli;

import dev.ratematch.harness.traffic.ClockUnit;
import dev.ratematch.harness.traffic.Trace;
import dev.ratematch.harness.traffic.TraceReader;
import dev.ratematch.harness.traffic.TraceSource;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a trace file is read.
final class TraceOptions {

    @Option(
            names = "--time-unit",
            paramLabel = "UNIT",
            description =
                    "Time unit of the arrivals in the trace: s, ms, us or ns. Default: "
                            + "that of its format, or a plausible one, which is printed.")
    private @Nullable String timeUnit;

    @Option(
            names = "--block-size",
            paramLabel = "TOKENS",
            description =
                    "Tokens per prefix block (hash_ids); 0 ignores the blocks. Default: "
                            + "derived from the prompt lengths.")
    private @Nullable Integer blockTokens;

    @Option(
            names = "--skip-bad",
            description = "Skip and count bad rows instead of stopping at the first.")
    private boolean skipBad;

    /// Loads a trace and says what was in doubt.
    Trace load(String trace, long seed, PrintWriter err) throws IOException {
        var unit = timeUnit == null ? null : ClockUnit.parse("--time-unit", timeUnit);
        var options = new TraceReader.Options(skipBad, true, seed, unit, blockTokens);
        var loaded = TraceSource.load(trace, options);
        if (loaded.skippedRows() > 0) {
            err.printf("Skipped %d bad rows of %s.%n", loaded.skippedRows(), trace);
        }
        loaded.notices().forEach(notice -> err.printf("Notice: %s%n", notice));
        err.flush();
        return loaded.trace();
    }
}
