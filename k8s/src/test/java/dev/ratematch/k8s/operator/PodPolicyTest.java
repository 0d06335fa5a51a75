package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.chart.Installed;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.fleet.PodWriter;
import dev.ratematch.k8s.fleet.Routing;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// What is left of the right to patch pods, with the token of the chart's ServiceAccount.
@KubeTest
class PodPolicyTest {

    private static final String IMAGE =
            "{\"spec\":{\"containers\":[{\"name\":\"engine\",\"image\":\"another\"}]}}";

    @Test
    void the_operator_marks_pods_and_changes_nothing_else_of_them(Sandbox sandbox) {
        sandbox.node("a", 1);
        var installed = Installed.of(sandbox);
        try (var scene = new Scene(sandbox);
                var client =
                        new KubernetesClientBuilder()
                                .withConfig(
                                        sandbox.controlPlane()
                                                .serviceAccount(
                                                        installed.namespace(), installed.account()))
                                .build()) {
            scene.create(Manifests.deployment("decode", 1));
            Await.until(Scene.LIMIT, "a pod", () -> scene.ready("decode") == 1);
            var pod = sandbox.readyPods("app", "decode").getFirst();
            Await.until(
                    Scene.LIMIT,
                    "the policy in force",
                    () -> refused(client, pod, IMAGE).contains("may not change what a pod runs"));
            assertThat(refused(client, pod, "{\"metadata\":{\"finalizers\":[\"a.b/c\"]}}"))
                    .contains("whose a pod is");
            assertThat(refused(client, pod, "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}"))
                    .contains("annotations of ratematch.dev");

            var writer = new PodWriter(client, "llama/uid");
            var routing = new Routing.Label("serve");
            var out = writer.cheapen(writer.drain(pod, routing, Instant.now()), Instant.now());
            assertThat(out.getMetadata().getLabels()).doesNotContainKey("serve");
            assertThat(out.getMetadata().getAnnotations())
                    .containsKeys(Api.DRAINING, "controller.kubernetes.io/pod-deletion-cost");
            var back = writer.recall(out, new Routing.None());
            assertThat(back.getMetadata().getLabels()).containsEntry("serve", "yes");
            assertThat(String.valueOf(back.getMetadata().getAnnotations()))
                    .doesNotContain("ratematch.dev", "deletion-cost");
        }
    }

    /// Why a patch is refused; nothing where it is not, which changes the pod.
    private static String refused(KubernetesClient client, Pod pod, String patch) {
        try {
            var _ =
                    client.pods()
                            .resource(pod)
                            .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
            return "";
        } catch (KubernetesClientException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
