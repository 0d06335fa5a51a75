package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.host.RotatingFile.Limits;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.replay.Replay;
import dev.ratematch.controller.replay.Replayed;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the operator writes of its cycles, and that it comes out the same again.
class JournalsTest {

    private static final Service SERVICE =
            ServiceFactory.create(
                    ServiceRequest.builder("llama-3.1-70b", "b200", new Slo(2.3, 0.0301, 95), 16)
                            .precision("nvfp4")
                            .build());

    @TempDir private Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Controller controller = new Controller(SERVICE.spec(), SERVICE.laws());

    private Journals journals(@Nullable Path files) {
        return new Journals(
                new JournalSettings(files, Limits.DEFAULT),
                registry,
                new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    /// One and one under a load that grows.
    private static Snapshot growing(int cycle) {
        var one = Reading.of(1);
        var none = Reading.of(0);
        var u = new Reading.Unknown("not exposed");
        var pool = new PoolReading(one, one, none, none, none, none, none, u, one, none, u, u);
        var arrived = Reading.of(300 + 40.7 * cycle);
        return new Snapshot(
                30 * (cycle + 1),
                Reading.of(30),
                pool,
                pool,
                new TrafficReading(
                        arrived,
                        false,
                        arrived,
                        none,
                        Reading.of(3000.1),
                        u,
                        u,
                        Reading.of(250),
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of()),
                List.of());
    }

    private State advise(Journals journals, String name, State from, int first, int end) {
        var state = from;
        for (int cycle = first; cycle < end; cycle++) {
            var before = state;
            var step = controller.step(before, growing(cycle), Conduct.ADVICE, null);
            state = step.state();
            var entry = new JournalEntry(step.cycle(), List.of(), state);
            journals.cycle("llm", name, SERVICE, before, entry);
        }
        return state;
    }

    private static Replayed replayed(List<String> lines) {
        var replay = new Replay();
        lines.forEach(replay::line);
        return replay.end();
    }

    private Replayed replayed(String file) throws IOException {
        return replayed(Files.readAllLines(folder.resolve(file)));
    }

    private List<String> printedLines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aRestartThatGoesOnFromMemoryComesOutTheSame() throws IOException {
        State kept;
        try (var journals = journals(folder)) {
            kept = advise(journals, "chat", State.INITIAL, 0, 20);
        }
        try (var journals = journals(folder)) {
            advise(journals, "chat", kept.remembered(), 20, 40);
        }
        var replayed = replayed("llm_chat.jsonl");
        assertThat(replayed.first()).isNull();
        assertThat(replayed.notes()).isEmpty();
        assertThat(replayed.cycles()).isEqualTo(40);
    }

    @Test
    void aCycleThatFailedBeforeItWasWrittenLeavesNoGap() throws IOException {
        try (var journals = journals(folder)) {
            var advice = advise(journals, "chat", State.INITIAL, 0, 10);
            var lost = controller.step(advice, growing(10), Conduct.ADVICE, null).state();
            advise(journals, "chat", lost, 11, 20);
        }
        var replayed = replayed("llm_chat.jsonl");
        assertThat(replayed.first()).isNull();
        assertThat(replayed.notes()).isEmpty();
        assertThat(replayed.cycles()).isEqualTo(19);
    }

    @Test
    void modeAutoAndItsFailedCommandsComeOutTheSame() throws IOException {
        try (var journals = journals(folder)) {
            var state = State.INITIAL;
            for (int cycle = 0; cycle < 20; cycle++) {
                var before = state;
                var step = controller.step(before, growing(cycle));
                state = step.state();
                var entry = new JournalEntry(step.cycle(), List.of("forbidden"), state);
                journals.cycle("llm", "chat", SERVICE, before, entry);
            }
        }
        var replayed = replayed("llm_chat.jsonl");
        assertThat(replayed.first()).isNull();
        assertThat(replayed.cycles()).isEqualTo(20);
    }

    @Test
    void onStandardOutputEachLineSaysWhoseItIs() {
        try (var journals = journals(null)) {
            advise(journals, "chat", State.INITIAL, 0, 10);
            advise(journals, "code", State.INITIAL, 5, 15);
        }
        assertThat(printedLines())
                .allMatch(line -> line.contains("\"ratematcher\":\"llm/c"))
                .hasSize(22);
        assertThat(replayed(printedLines()).cycles()).isEqualTo(20);
        assertThat(replayed(printedLines()).identical()).isTrue();
    }

    @Test
    void theEndOfALongStreamCanBeDecidedAgain() {
        try (var journals = journals(null)) {
            advise(journals, "chat", State.INITIAL, 0, 300);
        }
        var lines = printedLines();
        var starts = new ArrayList<Integer>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains("\"kind\":\"service\"")) {
                starts.add(i);
            }
        }
        assertThat(starts).hasSizeGreaterThan(1);
        var end = replayed(lines.subList(starts.getLast(), lines.size()));
        assertThat(end.identical()).isTrue();
        assertThat(end.notes()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeWrittenEndsTheJournalAndNotTheCycles() {
        try (var journals = journals(folder.resolve("none"))) {
            advise(journals, "chat", State.INITIAL, 0, 5);
            assertThat(registry.get("ratematch.journal.writing").gauge().value()).isZero();
            journals.forget("llm", "chat");
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void withoutAJournalNothingIsWritten() {
        try (var journals =
                new Journals(
                        null, registry, new PrintStream(printed, true, StandardCharsets.UTF_8))) {
            advise(journals, "chat", State.INITIAL, 0, 3);
        }
        assertThat(printed.size()).isZero();
        assertThat(registry.getMeters()).isEmpty();
    }
}
