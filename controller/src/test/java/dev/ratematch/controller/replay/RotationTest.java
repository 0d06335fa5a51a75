package dev.ratematch.controller.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.JsonLinesJournal;
import dev.ratematch.controller.host.Lines;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.host.RotatingFile;
import dev.ratematch.controller.host.RotatingFile.Limits;
import dev.ratematch.controller.host.StateText;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A journal of bounded size: each of its files can be decided again alone.
class RotationTest {

    private static final int CYCLES = 40;

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("run.jsonl");
    }

    /// Advice that nobody follows, so that a proposal is open from some cycle on.
    private static void advise(JsonLinesJournal journal, int from, int to) {
        var loop = ControlLoop.of(ReplayTest.SERVICE, State.INITIAL, null, journal);
        for (int cycle = from; cycle < to; cycle++) {
            loop.decide(ReplayTest.growing(cycle), Orders.ADVICE);
        }
    }

    private static Replayed replayed(Path file) throws IOException {
        var replay = new Replay();
        Files.readAllLines(file).forEach(replay::line);
        return replay.end();
    }

    private List<Path> files() throws IOException {
        try (var all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    @Test
    void eachFileIsBoundedAndDecidedAgainAlone() throws IOException {
        var limits = new Limits(40_000, 100);
        try (var journal = new JsonLinesJournal(RotatingFile.fresh(file(), limits), _ -> {})) {
            advise(journal, 0, CYCLES);
        }

        assertThat(files()).hasSizeGreaterThan(3);
        long cycles = 0;
        for (var each : files()) {
            assertThat(Files.size(each)).isLessThanOrEqualTo(limits.bytes());
            var replayed = replayed(each);
            assertThat(replayed.first()).as(each.toString()).isNull();
            assertThat(replayed.notes()).isEmpty();
            cycles += replayed.cycles();
        }
        assertThat(cycles).isEqualTo(CYCLES);
    }

    @Test
    void whatIsRecommendedAndNotBegunGoesOnInTheNextFile() throws IOException {
        var limits = new Limits(40_000, 100);
        try (var journal = new JsonLinesJournal(RotatingFile.fresh(file(), limits), _ -> {})) {
            advise(journal, 0, CYCLES);
        }

        var starts = new ArrayList<State>();
        for (var each : files()) {
            var line = new ObjectMapper().readTree(Files.readAllLines(each).getFirst());
            starts.add(StateText.read(line.path("state").asText()).state());
        }
        assertThat(starts).anyMatch(state -> state.proposed() != null);
    }

    @Test
    void noMoreFilesThanAskedForAreKeptAndTheNewestIsTheFirst() throws IOException {
        var limits = new Limits(20_000, 2);
        try (var journal = new JsonLinesJournal(RotatingFile.fresh(file(), limits), _ -> {})) {
            advise(journal, 0, CYCLES);
        }

        assertThat(files())
                .extracting(each -> each.getFileName().toString())
                .containsExactly("run.jsonl", "run.jsonl.1", "run.jsonl.2");
        assertThat(lastSecond("run.jsonl")).isEqualTo(30.0 * CYCLES);
        assertThat(lastSecond("run.jsonl.1")).isGreaterThan(lastSecond("run.jsonl.2"));
    }

    private double lastSecond(String name) throws IOException {
        var last = Files.readAllLines(folder.resolve(name)).getLast();
        return Double.parseDouble(last.replaceAll(".*\"at_s\":([0-9.]+).*", "$1"));
    }

    @Test
    void aFreshJournalLeavesNoFileOfAnEarlierRun() throws IOException {
        Files.writeString(folder.resolve("run.jsonl.1"), "old\n");
        Files.writeString(file(), "old\n");
        RotatingFile.fresh(file(), Limits.DEFAULT).close();
        assertThat(files()).containsExactly(file());
        assertThat(file()).isEmptyFile();
    }

    @Test
    void aJournalThatIsGoneOnWithTurnsAtTheSameSize() throws IOException {
        var limits = new Limits(30_000, 100);
        for (int run = 0; run < 3; run++) {
            try (var journal =
                    new JsonLinesJournal(RotatingFile.appending(file(), limits), _ -> {})) {
                advise(journal, 0, 9);
            }
        }
        assertThat(files()).hasSizeGreaterThan(1);
        for (var each : files()) {
            assertThat(Files.size(each)).isLessThanOrEqualTo(limits.bytes());
            assertThat(replayed(each).identical()).isTrue();
        }
    }

    @Test
    void aFileThatCannotTurnEndsTheJournalWithOneMessage() throws IOException {
        var said = new ArrayList<String>();
        // What stands where the full file should go cannot be replaced.
        Files.createDirectories(folder.resolve("run.jsonl.1/in the way"));
        var limits = new Limits(20_000, 1);
        try (var journal =
                new JsonLinesJournal(RotatingFile.appending(file(), limits), said::add)) {
            advise(journal, 0, CYCLES);
            assertThat(journal.writing()).isFalse();
        }
        assertThat(said).singleElement().asString().contains("journal can no longer be written");
    }

    @Test
    void aStreamOfSeveralIsDecidedAgainForEach() {
        var stream = new StringWriter();
        var one = new JsonLinesJournal(Lines.to(stream), n -> n.put("ratematcher", "a/x"), _ -> {});
        var two = new JsonLinesJournal(Lines.to(stream), n -> n.put("ratematcher", "b/x"), _ -> {});
        advise(one, 0, 12);
        advise(two, 20, 32);
        var lines = stream.toString().lines().toList();

        var seen = new ArrayList<String>();
        var replay = new Replay(decided -> seen.add(decided.of()));
        for (int i = 0; i < 13; i++) {
            replay.line(lines.get(i));
            replay.line(lines.get(13 + i));
        }
        var replayed = replay.end();

        assertThat(replayed.first()).isNull();
        assertThat(replayed.notes()).isEmpty();
        assertThat(seen).hasSize(24).startsWith("a/x", "b/x", "a/x");
    }

    @Test
    void twoServicesMixedInOneFileAreNamedWithTheLine() {
        var stream = new StringWriter();
        advise(new JsonLinesJournal(Lines.to(stream), _ -> {}), 0, 6);
        var lines = new ArrayList<>(stream.toString().lines().toList());
        lines.add(5, lines.get(1));

        var replay = new Replay();
        lines.forEach(replay::line);

        assertThat(replay.end().notes())
                .singleElement()
                .asString()
                .contains("line 6 is cycle 1 and follows cycle 4", "two services are mixed");
    }
}
