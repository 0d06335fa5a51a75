package dev.ratematch.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What tests of the operator rest on is there, and is real.
@KubeTest
class ControlPlaneTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final PatchContext STRATEGIC = PatchContext.of(PatchType.STRATEGIC_MERGE);

    private static final String RANGE_CRD =
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: ranges.harness.ratematch.dev}
            spec:
              group: harness.ratematch.dev
              scope: Namespaced
              names: {kind: Range, plural: ranges, singular: range}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties: {min: {type: integer}, max: {type: integer}}
                        x-kubernetes-validations:
                        - rule: self.min <= self.max
                          message: min must not be above max
            """;

    @Test
    void aRuleOfACrdRefusesWithItsMessage(Sandbox sandbox) {
        Crds.install(sandbox.client(), RANGE_CRD);
        var kubectl = sandbox.controlPlane().kubectl(sandbox.controlPlane().admin());
        String range =
                """
                apiVersion: harness.ratematch.dev/v1
                kind: Range
                metadata: {name: r}
                spec: {min: %d, max: 4}
                """;

        var refused = apply(kubectl, sandbox, range.formatted(5));
        var accepted = apply(kubectl, sandbox, range.formatted(4));

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.output()).contains("min must not be above max");
        assertThat(accepted.orThrow()).contains("range.harness.ratematch.dev/r created");
    }

    private static Kubectl.Result apply(Kubectl kubectl, Sandbox sandbox, String yaml) {
        return kubectl.runWithInput(yaml, "-n", sandbox.namespace(), "apply", "-f", "-");
    }

    @Test
    void aDeploymentRollsOutAsItsPodsLoad(Sandbox sandbox) {
        sandbox.node("a", 8).kubelet().healthy(_ -> false);
        Workloads.create(sandbox, Workloads.deployment("decode", 2, 2));
        Await.until(LIMIT, "both pods run", () -> running(sandbox, "decode") == 2);
        assertThat(sandbox.readyPods("app", "decode")).isEmpty();

        sandbox.kubelet().healthy(_ -> true);

        Await.until(
                LIMIT,
                "the Deployment reports its pods ready",
                () ->
                        Integer.valueOf(2)
                                .equals(
                                        sandbox.client()
                                                .apps()
                                                .deployments()
                                                .inNamespace(sandbox.namespace())
                                                .withName("decode")
                                                .get()
                                                .getStatus()
                                                .getReadyReplicas()));
        assertThat(sandbox.gpus().now()).isEqualTo(4);
    }

    @Test
    void aPodWithoutAGpuLeftWaitsPending(Sandbox sandbox) {
        sandbox.node("a", 8);
        Workloads.create(sandbox, Workloads.deployment("prefill", 3, 4));
        Await.until(LIMIT, "two pods are ready", () -> ready(sandbox, "prefill") == 2);

        var pending =
                Await.value(
                        LIMIT,
                        "the scheduler gave the third up",
                        () ->
                                sandbox.pods("app", "prefill").stream()
                                        .flatMap(p -> p.getStatus().getConditions().stream())
                                        .filter(c -> "Unschedulable".equals(c.getReason()))
                                        .findFirst());

        assertThat(pending.getMessage()).contains("Insufficient nvidia.com/gpu");
        assertThat(sandbox.gpus().max()).isEqualTo(8);

        sandbox.node("b", 4);
        Await.until(LIMIT, "the third pod is ready", () -> ready(sandbox, "prefill") == 3);
    }

    @Test
    void theDeletionCostChoosesTheVictim(Sandbox sandbox) {
        sandbox.node("a", 8);
        Workloads.create(sandbox, Workloads.deployment("decode", 3, 1));
        Await.until(LIMIT, "three pods are ready", () -> ready(sandbox, "decode") == 3);
        var victim = sandbox.pods("app", "decode").get(1);
        var _ =
                pod(sandbox, victim)
                        .patch(
                                STRATEGIC,
                                "{\"metadata\":{\"annotations\":{\"controller.kubernetes.io/pod-deletion-cost\":\"-10\"}}}");

        scale(sandbox, "decode", 2);

        Await.until(LIMIT, "a pod is gone", () -> sandbox.pods("app", "decode").size() == 2);
        assertThat(sandbox.pods("app", "decode"))
                .extracting(p -> p.getMetadata().getName())
                .doesNotContain(victim.getMetadata().getName());
    }

    @Test
    void aDeletedPodHoldsItsGpusUntilItHasDrained(Sandbox sandbox) {
        var drained = new CompletableFuture<Boolean>();
        sandbox.node("a", 8).kubelet().drain(_ -> drained);
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 8));
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);

        scale(sandbox, "decode", 0);
        Workloads.create(sandbox, Workloads.deployment("prefill", 1, 8));

        Await.until(
                LIMIT,
                "the pod of the other pool waits",
                () ->
                        sandbox.pods("app", "prefill").stream()
                                .flatMap(p -> p.getStatus().getConditions().stream())
                                .anyMatch(c -> "Unschedulable".equals(c.getReason())));
        assertThat(sandbox.pods("app", "decode"))
                .singleElement()
                .satisfies(p -> assertThat(p.getMetadata().getDeletionTimestamp()).isNotNull());
        assertThat(sandbox.gpus().now()).isEqualTo(8);

        drained.complete(true);
        Await.until(LIMIT, "the other pool has the GPUs", () -> ready(sandbox, "prefill") == 1);
        assertThat(sandbox.gpus().max()).isEqualTo(8);
        assertThat(sandbox.kubelet().cutOff()).isEmpty();
    }

    @Test
    void aPodThatDrainsForTooLongIsCutOff(Sandbox sandbox) {
        sandbox.node("a", 8).kubelet().drain(_ -> new CompletableFuture<>());
        Workloads.create(
                sandbox,
                Workloads.deployment("decode", 1, 1)
                        .replace(
                                "      containers:",
                                "      terminationGracePeriodSeconds: 1\n      containers:"));
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);
        String name = sandbox.pods("app", "decode").getFirst().getMetadata().getName();

        scale(sandbox, "decode", 0);

        Await.until(LIMIT, "the pod is gone", () -> sandbox.pods("app", "decode").isEmpty());
        assertThat(sandbox.kubelet().cutOff()).containsExactly(name);
    }

    @Test
    void aPodIsReadyOnlyWhenItsReadinessGateIsOpen(Sandbox sandbox) {
        sandbox.node("a", 8);
        Workloads.create(
                sandbox,
                Workloads.deployment("decode", 1, 1)
                        .replace(
                                "      containers:",
                                "      readinessGates: [{conditionType: ratematch.dev/routed}]\n"
                                        + "      containers:"));
        Await.until(LIMIT, "the pod runs", () -> running(sandbox, "decode") == 1);
        var pod = sandbox.pods("app", "decode").getFirst();
        assertThat(Sandbox.isReady(pod)).isFalse();

        gate(sandbox, pod, "True");
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);

        gate(sandbox, pod, "False");
        Await.until(LIMIT, "the pod is not ready", () -> ready(sandbox, "decode") == 0);
    }

    @Test
    void aFailedPodIsReplacedAndACrashedOneComesBack(Sandbox sandbox) {
        sandbox.node("a", 8);
        Workloads.create(sandbox, Workloads.deployment("decode", 2, 1));
        Await.until(LIMIT, "two pods are ready", () -> ready(sandbox, "decode") == 2);
        var pods = sandbox.readyPods("app", "decode");

        sandbox.kubelet().fail(pods.getFirst());
        sandbox.kubelet().crash(pods.getLast());

        Await.until(
                LIMIT,
                "a new pod, and the other after a restart",
                () -> {
                    var now = sandbox.readyPods("app", "decode");
                    return now.size() == 2
                            && now.stream().anyMatch(p -> restarts(p) == 1)
                            && now.stream().noneMatch(p -> same(p, pods.getFirst()));
                });
    }

    @Test
    void theApiServerComesBackWithItsData(Sandbox sandbox) {
        var controlPlane = sandbox.controlPlane();
        sandbox.node("a", 8);
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 1));
        Await.until(LIMIT, "the pod is ready", () -> ready(sandbox, "decode") == 1);

        controlPlane.stopApiServer();
        assertThat(controlPlane.kubectl(controlPlane.admin()).run("get", "nodes").exit())
                .isNotZero();
        controlPlane.startApiServer();

        scale(sandbox, "decode", 2);
        Await.until(LIMIT, "two pods are ready", () -> ready(sandbox, "decode") == 2);
    }

    @Test
    void theAuditLogTellsWhoWroteAndWhoTried(Sandbox sandbox) {
        var controlPlane = sandbox.controlPlane();
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 1));
        var editor = controlPlane.user("editor", "system:masters");
        try (var client = new KubernetesClientBuilder().withConfig(editor).build()) {
            scale(client, sandbox.namespace(), "decode", 0);
        }
        try (var client =
                new KubernetesClientBuilder().withConfig(controlPlane.user("stranger")).build()) {
            assertThatThrownBy(() -> scale(client, sandbox.namespace(), "decode", 5))
                    .isInstanceOf(KubernetesClientException.class);
        }

        var events = controlPlane.auditLog().events().in(sandbox.namespace());

        assertThat(events.by("editor").wrote().on("deployments/scale").all()).hasSize(1);
        assertThat(events.by("stranger").forbidden().all()).isNotEmpty();
        assertThat(events.by("stranger").wrote().all()).isEmpty();
        assertThat(events.by("stranger").read().all()).isEmpty();
    }

    @Test
    void aServiceAccountMayDoWhatItsRoleSaysAndNoMore(Sandbox sandbox) {
        var controlPlane = sandbox.controlPlane();
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 1));
        Workloads.create(sandbox, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: op}\n");
        var account = controlPlane.serviceAccount(sandbox.namespace(), "op");
        try (var client = new KubernetesClientBuilder().withConfig(account).build()) {
            assertThatThrownBy(() -> scale(client, sandbox.namespace(), "decode", 2))
                    .hasMessageContaining("cannot");

            Workloads.create(sandbox, Workloads.scalerRole(sandbox.namespace()));

            Await.until(
                    LIMIT,
                    "the Role has taken effect",
                    () -> {
                        scale(client, sandbox.namespace(), "decode", 2);
                        return true;
                    });
            assertThatThrownBy(() -> client.pods().inNamespace(sandbox.namespace()).list())
                    .hasMessageContaining("cannot list resource \"pods\"");
        }
        var events = controlPlane.auditLog().events().byServiceAccount(sandbox.namespace(), "op");
        assertThat(events.wrote().all())
                .extracting(AuditLog.Event::resource, AuditLog.Event::subresource)
                .containsOnly(tuple("deployments", "scale"));
        assertThat(events.forbidden().on("pods").verb("list").all()).hasSize(1);
    }

    private static void scale(Sandbox sandbox, String deployment, int replicas) {
        scale(sandbox.client(), sandbox.namespace(), deployment, replicas);
    }

    /// Through the scale subresource alone, as an autoscaler does it. The client's own patch reads
    /// the whole Deployment first, for which an autoscaler need not have the right.
    private static void scale(
            KubernetesClient client, String namespace, String deployment, int replicas) {
        String path =
                "/apis/apps/v1/namespaces/%s/deployments/%s/scale".formatted(namespace, deployment);
        var scale = client.getKubernetesSerialization().unmarshal(client.raw(path), Scale.class);
        scale.getSpec().setReplicas(replicas);
        // Whatever its controller writes at the same moment.
        scale.getMetadata().setResourceVersion(null);
        var _ = client.raw(path, "PUT", scale);
    }

    private static void gate(Sandbox sandbox, Pod pod, String status) {
        var _ =
                pod(sandbox, pod)
                        .subresource("status")
                        .patch(
                                STRATEGIC,
                                "{\"status\":{\"conditions\":[{\"type\":\"ratematch.dev/routed\",\"status\":\"%s\"}]}}"
                                        .formatted(status));
    }

    private static PodResource pod(Sandbox sandbox, Pod pod) {
        return sandbox.client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withName(pod.getMetadata().getName());
    }

    private static long running(Sandbox sandbox, String app) {
        return sandbox.pods("app", app).stream()
                .filter(p -> "Running".equals(p.getStatus().getPhase()))
                .count();
    }

    private static int ready(Sandbox sandbox, String app) {
        return sandbox.readyPods("app", app).size();
    }

    private static int restarts(Pod pod) {
        return pod.getStatus().getContainerStatuses().getFirst().getRestartCount();
    }

    private static boolean same(Pod a, Pod b) {
        return a.getMetadata().getUid().equals(b.getMetadata().getUid());
    }
}
