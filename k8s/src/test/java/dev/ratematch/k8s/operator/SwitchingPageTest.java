package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Binaries;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `docs/switching.md`, followed to the letter.
@KubeTest
class SwitchingPageTest {

    private static final Path PAGE = Path.of("../docs/switching.md");
    private static final Pattern BLOCK = Pattern.compile("```(yaml|sh)\n(.*?)```", Pattern.DOTALL);

    /// One block of the page.
    private record Block(String kind, String text) {}

    private static List<Block> blocks(String section) throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf("## " + section + "\n");
        assertThat(begin).as(section).isPositive();
        int end = page.indexOf("\n## ", begin + 1);
        var blocks = new ArrayList<Block>();
        var found = BLOCK.matcher(page.substring(begin, end));
        while (found.find()) {
            blocks.add(new Block(found.group(1), found.group(2)));
        }
        return blocks;
    }

    @ParameterizedTest
    @ValueSource(strings = {"From SGLang with --enable-pd-role-switch", "From llm-d with kv_both"})
    void every_command_of_the_way_to_a_first_switch_runs(String section, Sandbox sandbox)
            throws IOException {
        sandbox.node("a", WorkersScene.GPUS);
        boolean both = section.contains("kv_both");
        var workers = new WorkersScene(new Scene(sandbox), WorkersScene.GPUS);
        try (var scene = workers.scene();
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            if (both) {
                scene.engines().eitherJob();
                deploy(workers, blocks("From SGLang with --enable-pd-role-switch").getFirst());
            }
            for (var block : blocks(section)) {
                if (block.text().contains("kind: Deployment")) {
                    deploy(workers, block);
                } else if (block.kind().equals("yaml")) {
                    scene.create(block.text());
                } else {
                    block.text().lines().forEach(line -> run(workers, line));
                }
            }
            workers.awaitDecode(3);

            assertThat(scene.engines().lost()).isZero();
            assertThat(run(workers, "kubectl get pods -L llm-d.ai/role")).contains("decode");
        }
    }

    private static void deploy(WorkersScene workers, Block block) {
        workers.scene().create(block.text());
        workers.awaitEngines();
        workers.roles(WorkersScene.GPUS - 1);
        workers.scene().loaded();
    }

    /// Questions are asked until they have an answer; the chart is rendered, since its Deployment
    /// has no image here.
    private static String run(WorkersScene workers, String line) {
        boolean asks = line.startsWith("kubectl get ");
        var sandbox = workers.scene().sandbox();
        var controlPlane = sandbox.controlPlane();
        String prelude =
                """
                export KUBECONFIG=%s PATH=%s:%s:$PATH
                cd ..
                kubectl() { command kubectl -n %s "$@"; }
                """
                        .formatted(
                                controlPlane.kubeconfig(
                                        "page", controlPlane.user("alice", "system:masters")),
                                Binaries.folder("control-plane"),
                                Binaries.folder("helm"),
                                sandbox.namespace());
        String command =
                prelude
                        + line.replace(
                                "helm upgrade --install", "helm template --kube-version 1.36.0");
        return asks
                ? Await.value(
                        Scene.LIMIT,
                        line,
                        () ->
                                Optional.of(Shell.run(command))
                                        .filter(said -> !said.isBlank())
                                        .filter(said -> !said.contains("No resources found")))
                : Shell.run(command);
    }
}
