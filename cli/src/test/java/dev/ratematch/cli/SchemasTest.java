package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.filter.ServiceLines;
import dev.ratematch.controller.filter.StepFilter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// The published schemas say of a line what the reader of lines says.
class SchemasTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SERVICE =
            "{\"ratematch\":1,\"model\":\"llama-3.1-70b\",\"gpu\":\"b200\",\"precision\":\"nvfp4\","
                    + "\"slo\":{\"ttft_ms\":2000,\"itl_ms\":30},\"budget_gpus\":32}";

    private static final String SNAPSHOT =
            "{\"at_s\":30,\"window_s\":30,\"prefill\":{\"desired\":2,\"ready\":2},"
                    + "\"decode\":{\"desired\":4,\"ready\":4},\"traffic\":{\"arrived\":1500,"
                    + "\"isl_mean\":3000,\"osl_mean\":250}}";

    private static final String WORKERS =
            "role,name,gpus,requests_per_s\nprefill,a,2,3.5\ndecode,b,4,9\ndecode,c,1,1.2\n";

    private static final List<String> SERVED =
            List.of(
                    "--model=llama-3.1-70b",
                    "--gpu=b200",
                    "--isl=3000",
                    "--osl=300",
                    "--ttft=2s",
                    "--itl=30ms");

    @TempDir private Path folder;

    private static boolean read(JsonNode line) {
        try {
            ServiceLines.read(line, new ArrayList<>());
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean answered(JsonNode line) {
        var filter = new StepFilter();
        filter.line(SERVICE);
        return !filter.line(line.toString()).contains("\"error\"");
    }

    @Test
    void aServiceLineIsTakenAsItsSchemaSays() throws IOException {
        agree("step-service.schema.json", SERVICE, SchemasTest::read);
    }

    @Test
    void aSnapshotIsTakenAsItsSchemaSays() throws IOException {
        agree("step-snapshot.schema.json", SNAPSHOT, SchemasTest::answered);
    }

    /// Every field at its bounds, beyond them, of another type, null and left out.
    private static void agree(String name, String line, Predicate<JsonNode> reader)
            throws IOException {
        var root = Schemas.tree(name);
        var schema = Schemas.of(name);
        var base = (ObjectNode) JSON.readTree(line);
        assertThat(schema.validate(base)).isEmpty();
        assertThat(reader.test(base)).isTrue();
        int tried = 0;
        for (var path : leaves(root, root, "")) {
            var rule = resolved(root, path.rule());
            for (var value : values(rule)) {
                var changed = base.deepCopy();
                put(changed, path.name(), value);
                assertThat(reader.test(changed))
                        .as("%s of %s", value, path.name())
                        .isEqualTo(schema.validate(changed).isEmpty());
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(150);
    }

    private record Leaf(String name, JsonNode rule) {}

    private static List<Leaf> leaves(JsonNode root, JsonNode node, String at) {
        var all = new ArrayList<Leaf>();
        for (var field : resolved(root, node).path("properties").properties()) {
            String name = at + "/" + field.getKey();
            all.add(new Leaf(name, field.getValue()));
            all.addAll(leaves(root, field.getValue(), name));
        }
        return all;
    }

    private static JsonNode resolved(JsonNode root, JsonNode rule) {
        return rule.has("$ref") ? root.at(rule.get("$ref").asText().substring(1)) : rule;
    }

    private static List<JsonNode> values(JsonNode rule) {
        var nodes = JsonNodeFactory.instance;
        var all = new ArrayList<JsonNode>(List.of(nodes.nullNode(), nodes.booleanNode(true)));
        all.add(nodes.arrayNode());
        if (rule.has("minimum")) {
            all.add(nodes.numberNode(rule.get("minimum").asDouble()));
            all.add(nodes.numberNode(rule.get("minimum").asDouble() - 1));
            all.add(nodes.numberNode(rule.get("maximum").asDouble() * 1.5 + 1));
            all.add(nodes.textNode("1"));
        } else if (!rule.has("properties") && !rule.has("items")) {
            all.add(nodes.numberNode(7));
        }
        return all;
    }

    private static void put(ObjectNode line, String path, JsonNode value) {
        int slash = path.lastIndexOf('/');
        var parent = slash == 0 ? line : line.withObject(path.substring(0, slash));
        parent.set(path.substring(slash + 1), value);
    }

    @Test
    void everyReplyIsOneOfItsSchema() throws IOException {
        var schema = Schemas.of("step-reply.schema.json");
        var filter = new StepFilter();
        for (String line :
                List.of("nope", SNAPSHOT, SERVICE, SNAPSHOT, SNAPSHOT.replace("30,", "60,"))) {
            var reply = JSON.readTree(filter.line(line));
            assertThat(schema.validate(reply)).as("%s", reply).isEmpty();
            Schemas.exact(schema, reply);
        }
    }

    /// A fleet that falls behind: what is past saving, a move and its guards are in the replies.
    @Test
    void everyExplanationIsOneOfItsSchema() throws IOException {
        var schema = Schemas.of("step-reply.schema.json");
        var filter = new StepFilter();
        filter.line(SERVICE);
        var seen = new TreeSet<String>();
        for (int cycle = 1; cycle <= 20; cycle++) {
            var line = (ObjectNode) JSON.readTree(SNAPSHOT);
            line.put("at_s", 30 * cycle);
            line.withObject("/traffic").put("arrived", cycle < 8 ? 300 : 4500);
            line.withObject("/prefill").put("queued", cycle < 8 ? 0 : 400 * (cycle - 7));
            var reply = JSON.readTree(filter.line(line.toString()));
            assertThat(schema.validate(reply)).as("%s", reply).isEmpty();
            var explanation = (ObjectNode) reply.get("explanation");
            explanation.fieldNames().forEachRemaining(seen::add);
            explanation.put("more", 1);
            assertThat(schema.validate(reply)).isNotEmpty();
        }
        assertThat(seen)
                .contains("estimate", "demand", "plan", "candidates", "move", "now", "past_saving");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    plan | --gpus=16 --precision=nvfp4
                    plan | --gpus=8 --allow-mixed --kv-link=1 --decode-parallel=tp2 --max-replica-gpus=4
                    plan | --gpus=8 --model=nvidia/Llama-3.1-70B-FP8 --precision=nvfp4
                    plan-load | --rate=5
                    plan-load | --concurrency=20 --gpus=8
                    plan-workers | --workers=FILE --gpus=16
                    """)
    void everyPlanIsOneOfItsSchema(String name, String options) throws IOException {
        var file = Files.writeString(folder.resolve("w.csv"), WORKERS);
        var args = new ArrayList<>(List.of(options.replace("FILE", file.toString()).split(" ")));
        args.addAll(List.of("--format=json", "--points=1000"));
        if (!name.equals("plan-workers")) {
            for (String usual : SERVED) {
                if (args.stream().noneMatch(a -> a.startsWith(usual.split("=", 2)[0] + "="))) {
                    args.add(usual);
                }
            }
        }
        Schemas.exact(Schemas.of(name + ".schema.json"), run(new PlanCommand(), args));
    }

    @Test
    void everySimulationIsOneOfItsSchema() throws IOException {
        var file =
                Files.writeString(
                        folder.resolve("t.csv"),
                        "arrival_s,input_tokens,output_tokens\n0,800,60\n1,800,60\n");
        for (String policies : List.of("ratematch,static-best,bound", "static-best")) {
            var args =
                    List.of("--trace=" + file, "--gpus=8", "--policy=" + policies, "--format=json");
            Schemas.exact(Schemas.of("simulate.schema.json"), run(new SimulateCommand(), args));
        }
    }

    @Test
    void everyDemoIsOneOfItsSchema() throws IOException {
        var args = List.of("--format=json", "--speed=max", "--window=0s-60s");
        Schemas.exact(Schemas.of("simulate.schema.json"), run(new DemoCommand(), args));
    }

    @Test
    void everyVerdictOfTheJudgeIsOneOfItsSchema() throws IOException {
        for (String policies : List.of("bound,static-best,ratematch", "oracle,static-best")) {
            var args =
                    List.of(
                            "--scenarios=pool-4,r1",
                            "--seeds=1",
                            "--effort=0",
                            "--policies=" + policies,
                            "--format=json",
                            "--traces=" + folder,
                            "--out=" + folder.resolve("results"));
            var verdict = run(new JudgeCommand(), args);
            Schemas.exact(Schemas.of("judge.schema.json"), verdict);
            assertThat(verdict.at("/scenarios/0/runs").size())
                    .isEqualTo(policies.split(",", -1).length);
            assertThat(verdict.at("/policies/0/mean_regret_points").isNull())
                    .isEqualTo(policies.startsWith("bound"));
        }
    }

    @Test
    void everyStudyIsOneOfItsSchema() throws IOException {
        for (String study : List.of("small-pools", "sensitivity")) {
            var args =
                    List.of(
                            study,
                            "--quick",
                            "--model=llama-3.1-8b",
                            "--gpus=8",
                            "--format=json",
                            "--out=" + folder);
            Schemas.exact(Schemas.of("experiment.schema.json"), run(new ExperimentCommand(), args));
        }
    }

    /// One meaning, written where it is used: a schema is whole by itself.
    @Test
    void anExplanationIsTheSameInEverySchema() throws IOException {
        var step = Schemas.tree("step-reply.schema.json").get("$defs");
        var recommend = Schemas.tree("recommend.schema.json").get("$defs");
        for (String part : List.of("explanation", "forecast", "pool", "residual")) {
            assertThat(recommend.get(part)).as(part).isNotNull().isEqualTo(step.get(part));
        }
    }

    private static JsonNode run(Object command, List<String> args) throws IOException {
        var out = new StringWriter();
        int exit =
                new CommandLine(command)
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(new StringWriter()))
                        .execute(args.toArray(String[]::new));
        assertThat(exit).as("%s", args).isZero();
        return JSON.readTree(out.toString());
    }
}
