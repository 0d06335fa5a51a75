package dev.ratematch.cli;

import dev.ratematch.controller.host.JsonLinesJournal;
import dev.ratematch.controller.host.RotatingFile;
import dev.ratematch.controller.host.RotatingFile.Limits;
import dev.ratematch.costmodel.units.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a command writes its cycles, how large the file may grow and how many are kept.
public final class JournalOptions {

    private static final double MIB = 1 << 20;
    private static final double MIB_MIN = 0.01;
    private static final double MIB_MAX = 1 << 20;
    private static final int KEPT_MAX = 1000;

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description =
                    "Append every cycle to this file as one JSON line, for ratematch "
                            + "replay (docs/journal.md).")
    private @Nullable Path file;

    @Option(
            names = "--journal-mib",
            paramLabel = "MIB",
            defaultValue = "64",
            description =
                    "Rotate the journal at this size in MiB; the full file becomes "
                            + "FILE.1. Default: ${DEFAULT-VALUE}.")
    private double mib = 64;

    @Option(
            names = "--journal-keep",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rotated files to keep; FILE.1 is the newest. Default: ${DEFAULT-VALUE}.")
    private int keep = 3;

    /// The file, where one is asked for.
    public @Nullable Path file() {
        return file;
    }

    /// Checks what can be checked before there is anything to write.
    ///
    /// @throws IllegalArgumentException that names the option, its value and what would be right
    public void check() {
        var _ = limits(mib, keep);
        var folder = file == null ? null : file.toAbsolutePath().getParent();
        if (file != null
                && (Files.isDirectory(file) || folder == null || !Files.isWritable(folder))) {
            throw new IllegalArgumentException(
                    "--journal (%s) must be a file in an existing, writable folder."
                            .formatted(file));
        }
    }

    /// Limits as the options say them.
    ///
    /// @throws IllegalArgumentException that names the option out of range
    static Limits limits(double mib, int keep) {
        Check.within("--journal-mib", mib, MIB_MIN, MIB_MAX);
        Check.within("--journal-keep", keep, 0, KEPT_MAX);
        return new Limits((long) (mib * MIB), keep);
    }

    /// A journal that begins empty; null where none is asked for.
    public @Nullable JsonLinesJournal fresh(Consumer<String> said) {
        return opened(RotatingFile::fresh, said);
    }

    /// A journal that goes on where the file ends; null where none is asked for.
    public @Nullable JsonLinesJournal appending(Consumer<String> said) {
        return opened(RotatingFile::appending, said);
    }

    @FunctionalInterface
    private interface Opening {
        RotatingFile open(Path file, Limits limits) throws IOException;
    }

    private @Nullable JsonLinesJournal opened(Opening opening, Consumer<String> said) {
        if (file == null) {
            return null;
        }
        try {
            return new JsonLinesJournal(opening.open(file, limits(mib, keep)), said);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--journal (%s) must be a file in an existing, writable folder: %s."
                            .formatted(file, e),
                    e);
        }
    }
}
