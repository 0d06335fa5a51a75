package dev.ratematch.harness.traffic;

import java.io.IOException;
import java.util.List;

/// Requests by the name that people give: a trace file, `-` for standard input, or `gen:NAME` for a
/// generator.
public final class TraceSource {

    private static final String GENERATED = "gen:";

    private TraceSource() {}

    /// Whether a generator makes them.
    public static boolean generated(String source) {
        return source.startsWith(GENERATED);
    }

    /// Reads or generates them.
    public static TraceReader.Loaded load(String source, TraceReader.Options options)
            throws IOException {
        if (!generated(source)) {
            return TraceReader.read(source, options);
        }
        if (options.timeUnit() != null || options.blockTokens() != null) {
            throw new IllegalArgumentException(
                    "--time-unit and --block-size say how a file is read; %s reads none."
                            .formatted(source));
        }
        String name = source.substring(GENERATED.length());
        var trace = Generators.generate(name, options.seed(), Double.NaN);
        return new TraceReader.Loaded(trace, 0, 0, "generated", List.of());
    }
}
