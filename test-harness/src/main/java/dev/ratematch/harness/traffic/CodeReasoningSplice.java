package dev.ratematch.harness.traffic;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// The recorded trace that this build ships: slices of real traffic, code -> reasoning -> code,
/// between which the best ratio really moves. NOTICE names the sources.
///
/// Running this class against the shared traces writes the same bytes again.
public final class CodeReasoningSplice {

    private static final String RESOURCE = "code-reasoning-splice.csv.gz";
    private static final String CODE = "azure-2023-code.part1.csv.gz";
    private static final String REASONING = "servegen-deepseek-r1.resampled.part1.csv.gz";

    /// Length of a slice of code, seconds: some twenty lead times. The calmer half of the source is
    /// not much longer, so the second slice overlaps the first.
    private static final double CODE_SECONDS = 1100;

    private static final double REASONING_SECONDS = 2400;

    private static final double FIRST_CODE_FROM = 1100;
    private static final double SECOND_CODE_FROM = 1190;
    private static final double REASONING_FROM = 3600;
    private static final double NANOS = 1e9;

    private CodeReasoningSplice() {}

    /// The shipped trace.
    public static Trace load() {
        try (InputStream in = CodeReasoningSplice.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The trace of code and reasoning is missing from this build.");
            }
            return TraceReader.read(RESOURCE, in, TraceReader.Options.defaults())
                    .trace()
                    .named("code, reasoning, code");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Splices the trace anew.
    ///
    /// @param traces folder with the source traces
    public static byte[] splice(Path traces) throws IOException {
        var options = TraceReader.Options.defaults();
        var code = TraceReader.read(traces.resolve(CODE), options).trace();
        var reasoning = TraceReader.read(traces.resolve(REASONING), options).trace();
        var bytes = new ByteArrayOutputStream();
        var zip =
                new GZIPOutputStream(bytes) {
                    {
                        def.setLevel(Deflater.BEST_COMPRESSION);
                    }
                };
        try (var out = new OutputStreamWriter(zip, StandardCharsets.US_ASCII)) {
            out.write("arrival_s,input_tokens,output_tokens,segment\n");
            write(out, code, FIRST_CODE_FROM, CODE_SECONDS, 0, "code");
            write(out, reasoning, REASONING_FROM, REASONING_SECONDS, CODE_SECONDS, "reasoning");
            double again = CODE_SECONDS + REASONING_SECONDS;
            write(out, code, SECOND_CODE_FROM, CODE_SECONDS, again, "code-again");
        }
        return bytes.toByteArray();
    }

    private static void write(
            OutputStreamWriter out,
            Trace source,
            double from,
            double seconds,
            double at,
            String segment)
            throws IOException {
        var slice = source.window((long) (from * NANOS), (long) ((from + seconds) * NANOS));
        long first = slice.requests().getFirst().arrivalNanos();
        for (var r : slice.requests()) {
            // A segment begins with a request, so that its boundary is where the traffic changes.
            double arrival = at + (r.arrivalNanos() - first) / NANOS;
            out.write(
                    String.format(
                            Locale.ROOT,
                            "%.2f,%d,%d,%s\n",
                            arrival,
                            r.inputTokens(),
                            r.outputTokens(),
                            segment));
        }
    }

    /// Writes the resource.
    ///
    /// @param args folder of the source traces, file to write
    public static void main(String[] args) throws IOException {
        Files.write(Path.of(args[1]), splice(Path.of(args[0])));
    }
}
