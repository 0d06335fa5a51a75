package dev.ratematch.cli;

import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.controller.replay.Decided;
import dev.ratematch.controller.replay.Replay;
import dev.ratematch.dashboards.console.Console;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A past day in the console.
@Command(
        name = "console",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows one day of a journal in the console: ratio, load, latency, decisions and "
                    + "their effect as recorded, and what-if plans for the traffic of that day.",
            "Each cycle is decided again from the recorded input, so the console has "
                    + "everything that it had at the time. demo, recommend --watch and operator serve "
                    + "their own console."
        },
        footer = {
            "",
            "Examples:",
            "  ratematch console --journal run.jsonl",
            "  ratematch console --journal run.jsonl.1 --journal run.jsonl --day 2026-11-29",
            "",
            "Exit codes: 2 the file is no journal, or the command line is wrong; 130 interrupted."
        })
@SuppressWarnings("NullAway.Init")
public final class ConsoleCommand implements Callable<Integer> {

    private static final int PORT = 8088;

    @Spec private CommandSpec spec;

    @Option(
            names = "--journal",
            required = true,
            paramLabel = "FILE",
            description =
                    "Journal written by --journal of another command. Repeat the option "
                            + "for the rotated files of one run, oldest first.")
    private List<Path> files;

    @Option(
            names = "--day",
            paramLabel = "YYYY-MM-DD",
            description = "Day to show, in UTC. Default: the last 24 h of the journal.")
    private @Nullable String day;

    @Mixin private ConsoleServerOptions serving = new ConsoleServerOptions();

    @Override
    public Integer call() {
        try (var open = Objects.requireNonNull(serving.open("journal", PORT, this::fill))) {
            var out = spec.commandLine().getOut();
            out.printf("Console: %s%n", open.server().url());
            out.flush();
            new CountDownLatch(1).await();
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            return ExitCode.INTERRUPTED.code();
        }
    }

    private void fill(Console console) {
        var shown = new Shown(console, files.getFirst(), date());
        read(shown);
        shown.check();
    }

    private void read(Shown shown) {
        var replay = new Replay(shown::take);
        var err = spec.commandLine().getErr();
        for (var file : files) {
            JournalFile.replayed(file, replay)
                    .notes()
                    .forEach(note -> err.printf("%s, %s%n", file, note));
        }
        if (shown.otherwise > 0) {
            err.printf(
                    "%d %s differently with this build; the console shows what this "
                            + "build decides.%n",
                    shown.otherwise, shown.otherwise == 1 ? "cycle comes out" : "cycles come out");
        }
        err.flush();
    }

    private @Nullable LocalDate date() {
        try {
            return day == null ? null : LocalDate.parse(day);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "--day (%s) must be a date such as 2026-11-29.".formatted(day), e);
        }
    }

    /// The cycles of a day, as they are decided again.
    private static final class Shown {

        private final Console console;
        private final String name;
        private final @Nullable LocalDate day;
        private final Map<String, LiveLedger> ledgers = new HashMap<>();
        private @Nullable LocalDate first;
        private @Nullable LocalDate last;
        private long taken;
        private long otherwise;

        Shown(Console console, Path file, @Nullable LocalDate day) {
            this.console = console;
            this.name =
                    String.valueOf(file.getFileName()).replaceFirst("[.]jsonl([.][0-9]+)?$", "");
            this.day = day;
        }

        void take(Decided decided) {
            var cycle = decided.cycle();
            if (decided.difference() != null) {
                otherwise++;
            }
            var record =
                    ledgers.computeIfAbsent(decided.of(), _ -> new LiveLedger())
                            .cycle(decided.service(), cycle);
            var of =
                    LocalDate.ofInstant(
                            Instant.ofEpochSecond((long) cycle.snapshot().atSeconds()),
                            ZoneOffset.UTC);
            first = first == null ? of : first;
            last = of;
            if (day == null || day.equals(of)) {
                taken++;
                String title = decided.of().isEmpty() ? name : decided.of();
                console.cycle("", title, decided.service(), cycle, record);
            }
        }

        void check() {
            if (taken == 0) {
                throw new IllegalArgumentException(
                        first == null
                                ? "--journal: no cycle could be decided again."
                                : "--day (%s) is not in the journal; it has %s to %s."
                                        .formatted(day, first, last));
            }
        }
    }
}
