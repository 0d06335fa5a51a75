package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.chart.Release;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeExtendedTest;
import dev.ratematch.k8s.cluster.Kubectl;
import dev.ratematch.k8s.cluster.Program;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The hour of an admin, by docs/operator.md from Install to Remove: the real Helm and kubectl on
/// the real control plane, the operator with the chart's own token. Pods run nothing here, so what
/// the chart's jobs would do is done for them, with their own tokens.
@KubeExtendedTest
class AdminHourTest {

    private static final int GPUS = 6;
    private static final String ACCOUNT = "ratematch";

    /// A count that somebody set is respected for five minutes.
    private static final Duration HOLD = Duration.ofMinutes(7);

    @Test
    void from_install_to_remove(Sandbox sandbox) {
        sandbox.node("a", GPUS + 2);
        var release = new Release(sandbox);
        try (var scene = new Scene(sandbox)) {
            release.install("mode=recommend-only", "recall.enabled=true");
            scene.deployed(4, 1);
            var operator = start(sandbox, "first");
            try {
                recommends(scene);
                release.upgrade("mode=auto");
                operator = goesLive(scene, operator);
                respectsAPerson(scene);
                respectsAnAutoscaler(scene);
                keepsTheBudget(scene);
                goesBack(scene, release);
            } finally {
                operator.close();
            }
            remove(scene, release);
        }
    }

    private static Program start(Sandbox sandbox, String identity) {
        return OperatorProgram.start(
                sandbox,
                identity,
                Release.NAMESPACE,
                sandbox.controlPlane().serviceAccount(Release.NAMESPACE, ACCOUNT),
                "-Xmx128m");
    }

    private static String kubectl(Scene scene, String... arguments) {
        var controlPlane = scene.sandbox().controlPlane();
        Kubectl kubectl = controlPlane.kubectl(controlPlane.user("alice", "system:masters"));
        var all =
                Stream.concat(
                                Stream.of("-n", scene.sandbox().namespace()),
                                Arrays.stream(arguments))
                        .toArray(String[]::new);
        return kubectl.run(all).orThrow();
    }

    private static void patch(Scene scene, String patch) {
        kubectl(scene, "patch", "ratematcher", "llama", "--type", "merge", "--patch", patch);
    }

    private static void recommends(Scene scene) {
        scene.create(Manifests.matcher("Recommend", GPUS));
        scene.engines().load(20, 500, 200, 0.01);
        kubectl(scene, "wait", "--for=condition=Ready", "rtm/llama", "--timeout=60s");
        assertThat(kubectl(scene, "get", "rtm")).contains("Recommend").contains("4P1D");
        scene.loaded();
        Await.until(
                Scene.LIMIT,
                "advice that favours decode",
                () -> {
                    var said = scene.rtm().get().getStatus().recommendation();
                    return said != null
                            && said.decodeReplicasAtEnd() != null
                            && said.decodeReplicasAtEnd() > 1;
                },
                () -> scene.rtm().status("llama"));
        assertThat(scene.replicas("prefill")).isEqualTo(4);
        assertThat(scene.replicas("decode")).isEqualTo(1);
    }

    /// Killed while something drains; its successor goes on.
    private static Program goesLive(Scene scene, Program first) {
        patch(scene, "{\"spec\": {\"mode\": \"Auto\"}}");
        Await.until(
                Scene.LIMIT,
                "a drain",
                () -> !scene.draining().isEmpty(),
                () -> scene.rtm().status("llama"));
        first.kill();
        var second = start(scene.sandbox(), "second");
        scene.awaitRebalanced();
        kubectl(scene, "wait", "--for=condition=Ready", "rtm/llama", "--timeout=60s");
        return second;
    }

    private static void respectsAPerson(Scene scene) {
        int before = scene.replicas("prefill");
        scene.scaleByHand("prefill", before + 1);
        scene.rtm().awaitCondition("Conflict", "True", "OtherWriter");
        assertThat(scene.replicas("prefill")).isEqualTo(before + 1);
        Await.until(
                HOLD,
                "the hold over",
                () ->
                        scene.rtm()
                                .condition("Conflict")
                                .filter(c -> c.status().equals("False"))
                                .isPresent(),
                () -> scene.rtm().status("llama"));
    }

    private static void respectsAnAutoscaler(Scene scene) {
        kubectl(scene, "autoscale", "deployment/decode", "--min=1", "--max=4", "--cpu=80%");
        scene.rtm().awaitCondition("Conflict", "True", "OtherWriter");
        kubectl(scene, "delete", "hpa", "decode");
        scene.rtm().awaitCondition("Conflict", "False", "None");
    }

    private static void keepsTheBudget(Scene scene) {
        patch(scene, "{\"spec\": {\"budget\": {\"gpus\": 4}}}");
        Await.until(
                Scene.LIMIT,
                "a fleet of 4 GPUs",
                () -> scene.replicas("prefill") + scene.replicas("decode") <= 4,
                () -> scene.rtm().status("llama"));
        patch(scene, "{\"spec\": {\"budget\": {\"gpus\": 6}}}");
        Await.until(
                Scene.LIMIT,
                "a fleet of 6 GPUs",
                () -> scene.replicas("prefill") + scene.replicas("decode") == GPUS,
                () -> scene.rtm().status("llama"));
    }

    private static void goesBack(Scene scene, Release release) {
        patch(scene, "{\"spec\": {\"mode\": \"Recommend\"}}");
        scene.rtm().awaitCondition("Ready", "True", "Recommend");
        played(scene, true, () -> release.upgrade("mode=recommend-only"));
        kubectl(scene, "wait", "--for=condition=Ready", "rtm/llama", "--timeout=60s");
    }

    private static void remove(Scene scene, Release release) {
        var said = played(scene, false, release::uninstall);
        assertThat(said).contains("The operator is stopped.");
        var pods =
                scene.sandbox()
                        .client()
                        .pods()
                        .inNamespace(scene.sandbox().namespace())
                        .list()
                        .getItems();
        assertThat(pods)
                .isNotEmpty()
                .allMatch(pod -> pod.getMetadata().getLabels().containsKey("serve"));
        assertThat(pods)
                .noneMatch(
                        pod ->
                                pod.getMetadata().getAnnotations() != null
                                        && pod.getMetadata().getAnnotations().keySet().stream()
                                                .anyMatch(key -> key.startsWith("ratematch.dev/")));
        assertThat(scene.rtm().get().getMetadata().getFinalizers()).doesNotContain(Api.FINALIZER);
        var left =
                scene.sandbox()
                        .client()
                        .leases()
                        .inNamespace(Release.NAMESPACE)
                        .withName(RatematchOperator.LEASE_NAME)
                        .get();
        assertThat(left).isNull();
        kubectl(scene, "delete", "rtm", "llama", "--timeout=30s");
    }

    /// Does a job of the chart in its place while Helm waits for it; what it said.
    private static List<String> played(Scene scene, boolean goesOn, Supplier<String> helm) {
        var client = scene.sandbox().client();
        // Not on the common pool: with one thread in it, the client's answers would wait for Helm.
        var waiting = CompletableFuture.supplyAsync(helm, task -> Thread.ofPlatform().start(task));
        var jobs = client.pods().inNamespace(Release.NAMESPACE).withLabel("job-name");
        Await.until(
                Scene.LIMIT,
                "the chart's job",
                () ->
                        waiting.isCompletedExceptionally()
                                || jobs.list().getItems().stream().anyMatch(AdminHourTest::open),
                () -> String.valueOf(waiting));
        if (waiting.isCompletedExceptionally()) {
            waiting.join();
        }
        var pod =
                jobs.list().getItems().stream()
                        .filter(AdminHourTest::open)
                        .findFirst()
                        .orElseThrow();
        var args = pod.getSpec().getContainers().getFirst().getArgs();
        assertThat(args).contains("recall");
        var said = new ArrayList<String>();
        var config =
                scene.sandbox()
                        .controlPlane()
                        .serviceAccount(Release.NAMESPACE, pod.getSpec().getServiceAccountName());
        try (var own = new KubernetesClientBuilder().withConfig(config).build()) {
            new Recall(
                            own,
                            new RecallSettings(
                                    Set.of(),
                                    Release.NAMESPACE,
                                    goesOn ? null : ACCOUNT,
                                    goesOn,
                                    Duration.ofSeconds(60)),
                            said::add)
                    .run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        ended(scene, pod.getMetadata().getName(), waiting);
        waiting.join();
        return said;
    }

    /// Ends the pod of a job, again should the kubelet report in between that it runs.
    private static void ended(Scene scene, String pod, CompletableFuture<String> helm) {
        var pods = scene.sandbox().client().pods().inNamespace(Release.NAMESPACE).withName(pod);
        Await.until(
                Scene.LIMIT,
                "Helm's end",
                () -> {
                    var now = pods.get();
                    if (now != null && open(now)) {
                        var _ =
                                pods.subresource("status")
                                        .patch(
                                                PatchContext.of(PatchType.STRATEGIC_MERGE),
                                                "{\"status\":{\"phase\":\"Succeeded\"}}");
                    }
                    return helm.isDone();
                });
    }

    private static boolean open(Pod pod) {
        return !"Succeeded".equals(pod.getStatus().getPhase());
    }
}
