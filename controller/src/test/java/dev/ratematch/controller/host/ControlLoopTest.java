package dev.ratematch.controller.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.RotatingFile.Limits;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.costmodel.transfer.KvLink;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlLoopTest {

    private static final PoolSpec POOL = new PoolSpec(1, 1, 7, 30, 10, 8192, 256, 1_000_000);
    private static final ServiceSpec SPEC =
            new ServiceSpec(
                    new Slo(2, 0.05, 90),
                    8,
                    POOL,
                    POOL,
                    new KvLink(50e9, KvLink.Mode.PULL, 0),
                    100_000,
                    80,
                    Tuning.DEFAULT);
    private static final Laws LAWS =
            new Laws(
                    (tokens, squares) -> 0.005 + tokens * 5e-5,
                    (sequences, resident) -> 0.005 + sequences * 1e-4);

    /// A fleet that remembers what it was told and obeys at once.
    private static final class Pools implements Fleet {
        final Map<Role, Integer> sizes = new EnumMap<>(Map.of(Role.PREFILL, 1, Role.DECODE, 6));
        final List<String> commands = new ArrayList<>();
        boolean refusing;

        @Override
        public FleetCounts counts(Role role) {
            return FleetCounts.steady(sizes.getOrDefault(role, 0));
        }

        @Override
        public void scale(Role role, int replicas) {
            if (refusing) {
                throw new IllegalStateException("forbidden");
            }
            commands.add(role.label() + " " + replicas);
            sizes.put(role, replicas);
        }
    }

    private final Pools fleet = new Pools();
    private final StringWriter written = new StringWriter();
    private final List<String> said = new ArrayList<>();
    private final Journal journal = new JsonLinesJournal(Lines.to(written), said::add);
    private int requests;

    /// Pods whose counters say that each gets its share of `requests` with ISL 3000 and OSL 20.
    private List<Answer> answers(List<Target> targets) {
        return targets.stream()
                .map(
                        target ->
                                target.source() == Source.FRONTEND
                                        ? Answer.of(
                                                target,
                                                "dynamo_frontend_requests_started_total %d\n"
                                                        .formatted(requests))
                                        : Answer.of(target, engine(requests)))
                .toList();
    }

    private static String engine(int requests) {
        return """
        vllm:request_prompt_tokens_sum %d
        vllm:request_prompt_tokens_count %d
        vllm:request_generation_tokens_sum %d
        vllm:request_generation_tokens_count %d
        vllm:num_requests_running 2
        vllm:num_requests_waiting 0
        """
                .formatted(3000 * requests, requests, 20 * requests, requests);
    }

    private Telemetry telemetry() {
        return new EngineTelemetry(
                this::answers,
                () ->
                        List.of(
                                new Target(Source.PREFILL, "p", "p"),
                                new Target(Source.DECODE, "d", "d"),
                                new Target(Source.FRONTEND, "f", "f")),
                fleet,
                90,
                30);
    }

    private ControlLoop loop() {
        return new ControlLoop(SPEC, LAWS, State.INITIAL, fleet, journal);
    }

    private List<JsonNode> lines() throws IOException {
        var nodes = new ArrayList<JsonNode>();
        for (String line : written.toString().lines().toList()) {
            nodes.add(new ObjectMapper().readTree(line));
        }
        return nodes;
    }

    @Test
    void aStarvedPrefillPoolGrowsWithinTheBudget() throws IOException {
        var loop = loop();
        var telemetry = telemetry();
        for (int cycle = 0; cycle < 12; cycle++) {
            requests += 500;
            loop.cycle(telemetry, 30 * cycle, Orders.CONTROL);
            assertThat(fleet.sizes.values().stream().mapToInt(Integer::intValue).sum())
                    .isLessThanOrEqualTo(8);
        }

        assertThat(fleet.counts(Role.PREFILL).ready()).isGreaterThan(1);
        var lines = lines();
        assertThat(lines).hasSize(12);
        assertThat(lines.getFirst().get("decision").asText()).isEqualTo("hold");
        assertThat(lines.getFirst().get("version").asInt()).isEqualTo(3);
        assertThat(lines).anyMatch(l -> l.get("decision").asText().equals("resize"));
        assertThat(lines).anyMatch(l -> l.get("plan").path("prefill").asInt() > 1);
        assertThat(lines.getLast().get("counts").get("prefill").get("ready").asInt())
                .isGreaterThan(1);
        assertThat(lines).allMatch(l -> l.get("snapshot").asText().length() == 16);
    }

    @Test
    void aTelemetryThatThrowsHoldsTheFleet() throws IOException {
        Telemetry telemetry =
                _ -> {
                    throw new IllegalStateException("no route");
                };

        var step = loop().cycle(telemetry, 5, Orders.CONTROL);

        assertThat(step.decision()).isInstanceOf(Decision.Hold.class);
        assertThat(step.decision().reason()).isEqualTo(Reason.FLEET_UNKNOWN);
        assertThat(fleet.commands).isEmpty();
        var line = lines().getFirst();
        assertThat(line.get("counts").get("decode").get("ready").isNull()).isTrue();
        assertThat(line.get("warnings").get(0).asText()).contains("no route");
    }

    @Test
    void aFleetThatRefusesIsRecordedAndAskedAgain() throws IOException {
        fleet.refusing = true;
        var loop = loop();
        var telemetry = telemetry();
        for (int cycle = 0; cycle < 12; cycle++) {
            requests += 500;
            loop.cycle(telemetry, 30 * cycle, Orders.CONTROL);
        }

        assertThat(fleet.commands).isEmpty();
        assertThat(lines().stream().filter(l -> !l.get("errors").isEmpty()).count())
                .isGreaterThan(1);
        assertThat(lines().toString()).contains("The fleet did not take").contains("forbidden");
    }

    @Test
    void aScrapeThatIsHtmlHoldsWithItsReason() throws IOException {
        var html =
                new EngineTelemetry(
                        targets ->
                                targets.stream()
                                        .map(t -> Answer.of(t, "<html>Sign in</html>"))
                                        .toList(),
                        () -> List.of(new Target(Source.PREFILL, "p", "p")),
                        fleet,
                        90,
                        30);

        var step = loop().cycle(html, 0, Orders.CONTROL);

        assertThat(step.decision()).isInstanceOf(Decision.Hold.class);
        assertThat(step.decision().reason()).isEqualTo(Reason.TELEMETRY_UNKNOWN);
        assertThat(lines().getFirst().get("warnings").get(0).asText())
                .contains("prefill pod p")
                .contains("looks like HTML");
    }

    @Test
    void equalSnapshotsHaveEqualDigests() {
        requests = 3;
        var first = telemetry().observe(1);
        var same = telemetry().observe(1);
        var other = telemetry().observe(2);

        assertThat(JournalEntry.digest(first)).isEqualTo(JournalEntry.digest(same));
        assertThat(JournalEntry.digest(first)).isNotEqualTo(JournalEntry.digest(other));
    }

    @Test
    void aJournalThatCannotBeWrittenEndsWithOneMessageAndControlGoesOn() {
        var full =
                new Writer() {
                    @Override
                    public void write(char[] chars, int from, int length) throws IOException {
                        throw new IOException("disk full");
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        var loop =
                new ControlLoop(
                        SPEC,
                        LAWS,
                        State.INITIAL,
                        fleet,
                        new JsonLinesJournal(Lines.to(full), said::add));
        var telemetry = telemetry();

        for (int cycle = 0; cycle < 12; cycle++) {
            requests += 500;
            loop.cycle(telemetry, 30 * cycle, Orders.CONTROL);
        }

        assertThat(fleet.commands).isNotEmpty();
        assertThat(said)
                .singleElement()
                .asString()
                .contains("journal can no longer be written", "disk full");
    }

    @Test
    void a_journal_that_is_gone_on_with_ends_the_line_that_a_crash_cut_off(@TempDir Path folder)
            throws IOException {
        var file = folder.resolve("journal.jsonl");
        Files.writeString(file, "{\"version\":2}\n{\"ver");
        RotatingFile.appending(file, Limits.DEFAULT).close();
        assertThat(Files.readString(file)).isEqualTo("{\"version\":2}\n{\"ver\n");
        RotatingFile.appending(file, Limits.DEFAULT).close();
        assertThat(Files.readString(file)).isEqualTo("{\"version\":2}\n{\"ver\n");
    }
}
