package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Reads request traces. The format is recognised from the content (a header, or the keys of the
/// first JSON object), gzip from its first bytes; names of files do not matter. Arrivals count from
/// the first row, but in our own format, which counts from the start of the trace.
public final class TraceReader {

    /// Formats that are known, for messages.
    static final String KNOWN =
            """
            azure (CSV: TIMESTAMP,ContextTokens,GeneratedTokens), \
            burstgpt (CSV: Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type), \
            mooncake-csv (CSV: timestamp,input_length,output_length), \
            vidur (CSV: arrived_at,num_prefill_tokens,num_decode_tokens), \
            servegen (CSV: arrival_ms,input_tokens,output_tokens[,client]), \
            ratematch (CSV: arrival_s,input_tokens,output_tokens[,segment]), \
            mooncake (JSON Lines: timestamp,input_length,output_length,hash_ids), \
            qwen-bailian (JSON Lines: the same and chat_id)""";

    private static final int BUFFER_BYTES = 1 << 16;

    private TraceReader() {}

    /// How to read.
    ///
    /// @param skipBad whether bad rows are counted instead of refused
    /// @param spreadTicks whether rows of a trace with coarse times (Mooncake, 3 s) are spread
    ///   uniformly within their tick
    /// @param seed of that spreading
    /// @param timeUnit what arrivals count; null for what the file tells
    /// @param blockTokens tokens of a prefix block, 0 to ignore them; null for what the file tells
    public record Options(
            boolean skipBad,
            boolean spreadTicks,
            long seed,
            @Nullable ClockUnit timeUnit,
            @Nullable Integer blockTokens) {

        public Options {
            if (blockTokens != null) {
                Check.within("--block-size", blockTokens, 0, 1 << 20);
            }
        }

        /// Goes by what the file tells.
        public Options(boolean skipBad, boolean spreadTicks, long seed) {
            this(skipBad, spreadTicks, seed, null, null);
        }

        /// Refuses bad rows, spreads ticks.
        public static Options defaults() {
            return new Options(false, true, 1);
        }
    }

    /// What was read.
    ///
    /// @param trace the requests
    /// @param skippedRows bad rows left out, as asked for
    /// @param failedRows requests that failed at their source (BurstGPT: no response tokens), left
    ///   out
    /// @param format name of the format recognised
    /// @param notices what was taken where the file leaves it in doubt, by which evidence, and what
    ///   says otherwise
    public record Loaded(
            Trace trace, long skippedRows, long failedRows, String format, List<String> notices) {

        public Loaded {
            notices = List.copyOf(notices);
        }
    }

    /// Reads a file, or standard input where `source` is `-`.
    ///
    /// @throws TraceFormatException where the content is not a trace
    public static Loaded read(String source, Options options) throws IOException {
        return read(source, options, System.in);
    }

    /// Reads a file; the path `-` is standard input.
    ///
    /// @throws TraceFormatException where the content is not a trace
    public static Loaded read(Path file, Options options) throws IOException {
        return read(file.toString(), options, System.in);
    }

    /// Reads a file, or the given standard input where `source` is `-`.
    static Loaded read(String source, Options options, InputStream standardInput)
            throws IOException {
        if (source.equals("-")) {
            return read("stdin", standardInput, options);
        }
        var file = Path.of(source);
        if (Files.isDirectory(file)) {
            throw new TraceFormatException(
                    "Trace %s is a folder; name one file in it.".formatted(file));
        }
        try (var in = Files.newInputStream(file)) {
            return read(source, in, options);
        } catch (NoSuchFileException e) {
            throw new TraceFormatException(
                    "Trace %s does not exist; name a file, or - for standard input."
                            .formatted(file));
        }
    }

    /// Reads a stream to its end.
    ///
    /// @param name of the file, for messages; the trace is named after it, without folders and
    ///   endings
    public static Loaded read(String name, InputStream in, Options options) throws IOException {
        var plain = new BufferedInputStream(in, BUFFER_BYTES);
        plain.mark(2);
        boolean gzip = plain.read() == 0x1f && plain.read() == 0x8b;
        plain.reset();
        try {
            // Unknown bytes become replacement characters and so a bad row, not a failure.
            var text = gzip ? new GZIPInputStream(plain, BUFFER_BYTES) : plain;
            return parse(
                    name,
                    new BufferedReader(
                            new InputStreamReader(text, StandardCharsets.UTF_8), BUFFER_BYTES),
                    options);
        } catch (ZipException | EOFException e) {
            // A header that is cut off comes without a message.
            String detail = e.getMessage() == null ? "end of data in its header" : e.getMessage();
            throw new TraceFormatException(
                    "%s: the gzip data is broken or cut off (%s); fetch the file again."
                            .formatted(name, detail));
        }
    }

    private static Loaded parse(String name, BufferedReader lines, Options options)
            throws IOException {
        var rows = new Rows();
        long skipped = 0;
        long number = 0;
        RowFormat format = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            if (format == null) {
                String first = line.charAt(0) == '\ufeff' ? line.substring(1) : line;
                boolean json = first.stripLeading().startsWith("{");
                format = json ? jsonFormat(first) : csvFormat(first);
                if (format == null) {
                    throw unknown(name, number, first);
                }
                if (!json) {
                    continue;
                }
                line = first;
            }
            try {
                format.read(line, number, rows);
            } catch (BadRow e) {
                if (!options.skipBad()) {
                    throw new TraceFormatException(
                            "%s:%d: %s Skipping bad rows (--skip-bad) leaves it out."
                                    .formatted(name, number, e.getMessage()));
                }
                skipped++;
            }
        }
        if (format == null || rows.isEmpty()) {
            throw empty(name, format, skipped, rows.failures());
        }
        var made = made(name, rows, format, options);
        return new Loaded(made.trace(), skipped, rows.failures(), format.name(), made.notices());
    }

    private static Rows.Made made(String name, Rows rows, RowFormat format, Options options) {
        try {
            return rows.trace(shortName(name), format, options);
        } catch (IllegalArgumentException e) {
            throw new TraceFormatException("%s: %s".formatted(name, e.getMessage()));
        }
    }

    private static @Nullable RowFormat jsonFormat(String line) {
        var keys = JsonLinesFormat.keys(line);
        return JsonLinesFormat.matches(keys)
                ? new JsonLinesFormat(JsonLinesFormat.family(keys))
                : null;
    }

    private static @Nullable RowFormat csvFormat(String header) {
        if (AzureFormat.matches(header)) {
            return new AzureFormat(header);
        }
        for (var family : CsvFormat.FAMILIES) {
            if (CsvFormat.matches(family, header)) {
                return new CsvFormat(family, header);
            }
        }
        return null;
    }

    private static TraceFormatException empty(
            String name, @Nullable RowFormat format, long skipped, long failures) {
        String what =
                format == null
                        ? "is empty"
                        : "holds no usable row (%s format; %d bad, %d failed)"
                                .formatted(format.name(), skipped, failures);
        return new TraceFormatException(
                "%s %s; a trace needs at least one request. Known formats: %s."
                        .formatted(name, what, KNOWN));
    }

    private static TraceFormatException unknown(String name, long number, String line) {
        String start = line.stripLeading();
        String what;
        if (start.startsWith("<")) {
            what = "looks like HTML or XML, not a trace; was an error page saved in its place?";
        } else if (start.startsWith("# HELP") || start.startsWith("# TYPE")) {
            what = "looks like metrics text, not a trace.";
        } else if (start.startsWith("{") || start.startsWith("[")) {
            what = "is JSON, but without timestamp, input_length and output_length on one line.";
        } else if (start.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            what = "is binary, not text.";
        } else {
            what = "is not the header of a known format.";
        }
        String shown = start.length() <= 80 ? start : start.substring(0, 80) + "…";
        return new TraceFormatException(
                "%s:%d: the first line (%s) %s Known formats: %s."
                        .formatted(name, number, printable(shown), what, KNOWN));
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String shortName(String name) {
        String file = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        for (String ending : new String[] {".gz", ".csv", ".jsonl", ".json"}) {
            if (file.toLowerCase(Locale.ROOT).endsWith(ending)) {
                file = file.substring(0, file.length() - ending.length());
            }
        }
        return file.isEmpty() ? name : file;
    }
}
