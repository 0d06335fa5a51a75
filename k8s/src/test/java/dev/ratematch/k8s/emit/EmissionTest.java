package dev.ratematch.k8s.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.sizing.launch.FlagCatalogue;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.Pool;
import dev.ratematch.sizing.launch.ServingEngine;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What is emitted for plans of both kinds, narrow and over several hosts.
class EmissionTest {

    private static final FlagCatalogue FLAGS = FlagCatalogue.shipped();

    private static List<EmittedFile> files(PlannedFleet fleet, EmitTarget target) {
        return Emission.files(fleet, List.of(target), "chat");
    }

    /// The objects of a file by kind and name.
    static Map<String, GenericKubernetesResource> objects(EmittedFile file) {
        var objects = new TreeMap<String, GenericKubernetesResource>();
        for (String document : file.text().split("(?m)^---$", -1)) {
            if (document.contains("\nmetadata:")) {
                var object = Serialization.unmarshal(document, GenericKubernetesResource.class);
                objects.put(object.getKind() + "/" + object.getMetadata().getName(), object);
            }
        }
        return objects;
    }

    /// Command lines of all containers in a tree of fields.
    private static void commands(Object node, List<List<String>> found) {
        if (node instanceof Map<?, ?> map) {
            if (map.get("command") instanceof List<?> command) {
                var words = new ArrayList<String>();
                command.forEach(word -> words.add(String.valueOf(word)));
                if (map.get("args") instanceof List<?> args) {
                    args.forEach(word -> words.add(String.valueOf(word)));
                }
                found.add(words);
            }
            map.values().forEach(value -> commands(value, found));
        } else if (node instanceof List<?> list) {
            list.forEach(value -> commands(value, found));
        }
    }

    /// The words that a shell would make of its script.
    private static List<String> unwrapped(List<String> words) {
        return words.getFirst().equals("/bin/sh")
                ? List.of(words.getLast().replaceFirst("^exec ", "").split("[\\s\\\\]+", -1))
                : words;
    }

    /// Fleets of both kinds, with every engine that a target runs.
    static List<PlannedFleet> fleets(EmitTarget target) {
        var fleets = new ArrayList<PlannedFleet>();
        for (var engine : target.engines()) {
            var narrow = Plans.narrow(engine.label());
            if (target != EmitTarget.RATEMATCHER || narrow.uniform()) {
                fleets.add(narrow);
            }
            var wide = Plans.wide(engine.label());
            boolean mpi = engine == ServingEngine.TRTLLM && target != EmitTarget.DYNAMO;
            if (!mpi && (target != EmitTarget.RATEMATCHER || wide.uniform())) {
                fleets.add(wide);
            }
        }
        return fleets;
    }

    @Test
    void everyCommandHasOnlyFlagsThatItsProgramHas() {
        int seen = 0;
        for (var target : EmitTarget.values()) {
            for (var fleet : fleets(target)) {
                if (target == EmitTarget.RATEMATCHER) {
                    continue;
                }
                var found = new ArrayList<List<String>>();
                for (var file : files(fleet, target)) {
                    objects(file)
                            .values()
                            .forEach(o -> commands(o.getAdditionalProperties(), found));
                }
                for (var words : found) {
                    assertThat(FLAGS.unknown(unwrapped(words))).as("%s", words).isEmpty();
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(40);
    }

    @Test
    void aFlagThatNoProgramHasIsFound() {
        assertThat(FLAGS.unknown(List.of("vllm", "serve", "m", "--tensor-paralel-size", "2")))
                .containsExactly("--tensor-paralel-size");
        assertThat(FLAGS.unknown(List.of("python3", "-m", "dynamo.vllm", "--max-num-seqs=4")))
                .isEmpty();
        assertThatThrownBy(() -> FLAGS.program(List.of("no-such-program", "--host")))
                .hasMessageContaining("no-such-program");
    }

    @Test
    void fieldsOfTheFileOfTensorRtLlmAreThoseThatItHas() {
        var known = FLAGS.named("trtllm-serve file").flags();
        for (var role : List.of("prefill", "decode")) {
            var fleet = Plans.wide("trtllm");
            for (var pool : fleet.pools()) {
                var started =
                        new Deployable(fleet, EmitTarget.DYNAMO, ServingEngine.TRTLLM, "chat")
                                .started(pool);
                assertThat(known).as(role).containsAll(started.file().keySet());
                started.file()
                        .forEach(
                                (key, value) -> {
                                    if (value instanceof Map<?, ?> inner) {
                                        inner.keySet()
                                                .forEach(
                                                        field ->
                                                                assertThat(known)
                                                                        .contains(
                                                                                key + "." + field));
                                    }
                                });
            }
        }
    }

    @Test
    void replicasOverSeveralHostsAreGroupsAndOthersAreDeployments() {
        var wide = Plans.wide("vllm");
        var pool = wide.decode().getFirst();
        int hosts = pool.hosts(wide.accelerator().hostGpus());
        assertThat(hosts).isGreaterThan(1);
        var decode =
                object(
                        files(wide, EmitTarget.VLLM),
                        "vllm/decode.yaml",
                        "LeaderWorkerSet/chat-decode");
        assertThat(decode.<Object>get("spec", "replicas")).isEqualTo(pool.replicas());
        assertThat(decode.<Object>get("spec", "leaderWorkerTemplate", "size")).isEqualTo(hosts);
        // Routers find the leader only, which alone answers requests.
        assertThat(
                        decode.<Object>get(
                                "spec",
                                "leaderWorkerTemplate",
                                "leaderTemplate",
                                "metadata",
                                "labels",
                                Deployable.ROLE))
                .isEqualTo("decode");
        assertThat(
                        decode.<Object>get(
                                "spec",
                                "leaderWorkerTemplate",
                                "workerTemplate",
                                "metadata",
                                "labels",
                                Deployable.ROLE))
                .isNull();
        var narrow = Plans.narrow("vllm");
        assertThat(objects(named(files(narrow, EmitTarget.VLLM), "vllm/prefill.yaml")))
                .containsKey("Deployment/chat-prefill");
        assertThat(objects(named(files(narrow, EmitTarget.LWS), "lws/prefill.yaml")))
                .containsKey("LeaderWorkerSet/chat-prefill");
    }

    @Test
    void theRoutingLabelIsOnThePodsAndInNoSelector() {
        for (var target : List.of(EmitTarget.VLLM, EmitTarget.LLM_D)) {
            var fleet = Plans.narrow("vllm");
            var files = files(fleet, target);
            var matcher = object(files, target.label() + "/ratematcher.yaml", "RateMatcher/chat");
            String label = matcher.get("spec", "decode", "drain", "routingLabel");
            var workload = object(files, target.label() + "/decode.yaml", "Deployment/chat-decode");
            assertThat(workload.<Map<String, Object>>get("spec", "template", "metadata", "labels"))
                    .containsKey(label);
            assertThat(workload.<Map<String, Object>>get("spec", "selector", "matchLabels"))
                    .doesNotContainKey(label);
        }
    }

    @Test
    void theLoadTestHasThePlannedLengthsAndARateThatIsKept() {
        var fleet = Plans.narrow("vllm");
        // Where every engine is full no queue ever empties.
        assertThat(fleet.keptRequestsPerSecond())
                .isBetween(0.3 * fleet.requestsPerSecond(), 0.98 * fleet.requestsPerSecond());
        var found = new ArrayList<List<String>>();
        commands(
                object(files(fleet, EmitTarget.VLLM), "vllm/load-test.yaml", "Job/chat-load-test")
                        .getAdditionalProperties(),
                found);
        assertThat(found.getFirst())
                .containsSequence("--random-input-len", "4096")
                .containsSequence("--random-output-len", "512")
                .containsSequence("--request-rate", "%.3f".formatted(fleet.keptRequestsPerSecond()))
                .containsSequence("--goodput", "ttft:2000", "tpot:30");
    }

    @Test
    void theSameFleetGivesTheSameBytes() {
        var fleet = Plans.wide("vllm");
        for (var target : List.of(EmitTarget.VLLM, EmitTarget.DYNAMO, EmitTarget.LLM_D)) {
            assertThat(files(fleet, target)).isEqualTo(files(fleet, target));
        }
    }

    @Test
    void whatATargetCannotRunIsRefusedWithWhatWouldBeRight() {
        refused(Plans.narrow("vllm"), EmitTarget.SGLANG, "--engine (vllm)", "use --engine sglang");
        refused(Plans.narrow("trtllm"), EmitTarget.LLM_D, "--engine (trtllm)", "vllm or sglang");
        refused(Plans.wide("trtllm"), EmitTarget.TRTLLM, "hosts of 4 GPUs", "--emit dynamo");
        assertThatThrownBy(
                        () ->
                                Emission.files(
                                        Plans.narrow("vllm"), List.of(EmitTarget.VLLM), "Chat!"))
                .hasMessageContaining("--name (Chat!)")
                .hasMessageContaining("such as chat");
    }

    @Test
    void severalShapesOfARoleAreSeveralWorkloadsWithoutARateMatcher() {
        var uniform = Plans.narrow("vllm");
        var one = uniform.decode().getFirst();
        var other =
                new Pool(one.role(), Parallelism.tp(8), 1, one.batchedTokens(), one.sequences());
        var mixed = Plans.withDecode(uniform, List.of(one, other));
        var files = files(mixed, EmitTarget.VLLM);
        assertThat(objects(named(files, "vllm/decode.yaml")))
                .containsOnlyKeys("Deployment/chat-decode-tp4", "Deployment/chat-decode-tp8");
        assertThat(files).noneMatch(file -> file.path().endsWith("ratematcher.yaml"));
        assertThat(named(files, "vllm/README.md").text()).contains("No RateMatcher was written");
        refused(
                mixed,
                EmitTarget.RATEMATCHER,
                "--emit ratematcher cannot be done",
                "one shape per role");
    }

    private static void refused(PlannedFleet fleet, EmitTarget target, String... said) {
        var thrown =
                assertThatThrownBy(() -> files(fleet, target))
                        .isInstanceOf(IllegalArgumentException.class);
        for (String part : said) {
            thrown.hasMessageContaining(part);
        }
    }

    private static GenericKubernetesResource object(
            List<EmittedFile> files, String path, String object) {
        return Objects.requireNonNull(objects(named(files, path)).get(object), object);
    }

    private static EmittedFile named(List<EmittedFile> files, String path) {
        return files.stream().filter(file -> file.path().equals(path)).findAny().orElseThrow();
    }
}
