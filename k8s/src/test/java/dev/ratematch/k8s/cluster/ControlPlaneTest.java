package dev.ratematch.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
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
        Await.until(LIMIT, "both pods run", () -> Workloads.running(sandbox, "decode") == 2);
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
        Await.until(LIMIT, "two pods are ready", () -> Workloads.ready(sandbox, "prefill") == 2);

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
        Await.until(
                LIMIT, "the third pod is ready", () -> Workloads.ready(sandbox, "prefill") == 3);
    }

    @Test
    void theDeletionCostChoosesTheVictim(Sandbox sandbox) {
        sandbox.node("a", 8);
        Workloads.create(sandbox, Workloads.deployment("decode", 3, 1));
        Await.until(LIMIT, "three pods are ready", () -> Workloads.ready(sandbox, "decode") == 3);
        var victim = sandbox.pods("app", "decode").get(1);
        var _ =
                Workloads.pod(sandbox, victim)
                        .patch(
                                STRATEGIC,
                                "{\"metadata\":{\"annotations\":{\"controller.kubernetes.io/pod-deletion-cost\":\"-10\"}}}");

        Workloads.scale(sandbox, "decode", 2);

        Await.until(LIMIT, "a pod is gone", () -> sandbox.pods("app", "decode").size() == 2);
        assertThat(sandbox.pods("app", "decode"))
                .extracting(p -> p.getMetadata().getName())
                .doesNotContain(victim.getMetadata().getName());
    }

    @Test
    void theApiServerComesBackWithItsData(Sandbox sandbox) {
        var controlPlane = sandbox.controlPlane();
        sandbox.node("a", 8);
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 1));
        Await.until(LIMIT, "the pod is ready", () -> Workloads.ready(sandbox, "decode") == 1);

        controlPlane.stopApiServer();
        assertThat(controlPlane.kubectl(controlPlane.admin()).run("get", "nodes").exit())
                .isNotZero();
        controlPlane.startApiServer();

        Workloads.scale(sandbox, "decode", 2);
        Await.until(LIMIT, "two pods are ready", () -> Workloads.ready(sandbox, "decode") == 2);
    }

    @Test
    void aFrozenApiServerAnswersNobodyUntilItThaws(Sandbox sandbox) {
        var controlPlane = sandbox.controlPlane();
        var kubectl = controlPlane.kubectl(controlPlane.admin());

        controlPlane.apiServer().freeze();
        var frozen = kubectl.run("get", "nodes", "--request-timeout=1s");
        controlPlane.apiServer().thaw();

        assertThat(frozen.exit()).isNotZero();
        assertThat(kubectl.run("get", "nodes").exit()).isZero();
    }

    @Test
    void theAuditLogTellsWhoWroteAndWhoTried(Sandbox sandbox) {
        var controlPlane = sandbox.controlPlane();
        Workloads.create(sandbox, Workloads.deployment("decode", 1, 1));
        var editor = controlPlane.user("editor", "system:masters");
        try (var client = new KubernetesClientBuilder().withConfig(editor).build()) {
            Workloads.scale(client, sandbox.namespace(), "decode", 0);
        }
        try (var client =
                new KubernetesClientBuilder().withConfig(controlPlane.user("stranger")).build()) {
            assertThatThrownBy(() -> Workloads.scale(client, sandbox.namespace(), "decode", 5))
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
            assertThatThrownBy(() -> Workloads.scale(client, sandbox.namespace(), "decode", 2))
                    .hasMessageContaining("cannot");

            Workloads.create(sandbox, Workloads.scalerRole(sandbox.namespace()));

            Await.until(
                    LIMIT,
                    "the Role has taken effect",
                    () -> {
                        Workloads.scale(client, sandbox.namespace(), "decode", 2);
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
}
