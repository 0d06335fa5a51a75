package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.chart.Installed;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.KubeTest;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.fleet.Marks;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nothing stays out of routing once whoever took it out is gone.
@KubeTest
class OrphansTest {

    private static final int GPUS = 6;

    private static void deploy(Scene scene, String drain) {
        var _ = drain.equals(DrainTest.BY_GATE) ? scene.gated(4, 1) : scene.deployed(4, 1);
        scene.create(DrainTest.matcher(drain));
    }

    /// All pods serve as if nobody had ever touched them.
    private static void awaitWhole(Scene scene) {
        Await.until(
                Scene.LIMIT,
                "all pods in routing and without a mark",
                () -> whole(scene),
                () -> String.valueOf(scene.sandbox().pods("app", "prefill")));
        assertThat(scene.replicas("prefill")).isEqualTo(4);
        assertThat(scene.engines().lost()).isZero();
    }

    private static boolean whole(Scene scene) {
        var pods = scene.sandbox().readyPods("app", "prefill");
        return pods.size() == 4
                && pods.stream().noneMatch(Marks::marked)
                && pods.stream()
                        .allMatch(p -> "yes".equals(p.getMetadata().getLabels().get("serve")));
    }

    private static boolean gone(Scene scene) {
        return scene.sandbox()
                        .client()
                        .resources(RateMatcher.class)
                        .inNamespace(scene.sandbox().namespace())
                        .withName("llama")
                        .get()
                == null;
    }

    private static void patch(Scene scene, String merge) {
        var _ =
                scene.sandbox()
                        .client()
                        .resources(RateMatcher.class)
                        .inNamespace(scene.sandbox().namespace())
                        .withName("llama")
                        .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }

    @ParameterizedTest
    @ValueSource(strings = {DrainTest.BY_LABEL, DrainTest.BY_GATE})
    void a_delete_while_the_operator_is_down_is_served_when_it_is_back(
            String drain, Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox)) {
            try (var first = OperatorProgram.start(sandbox, "first", null)) {
                deploy(scene, drain);
                DrainTest.draining(scene);
                assertThat(scene.rtm().get().getMetadata().getFinalizers())
                        .containsExactly(Api.FINALIZER);
                first.kill();
            }
            sandbox.client().resource(scene.rtm().get()).delete();
            assertThat(scene.rtm().get().getMetadata().getDeletionTimestamp()).isNotNull();
            assertThat(scene.draining()).isNotEmpty();
            try (var second = scene.operator("second")) {
                assertThat(second.httpPort()).isPositive();
                Await.until(Scene.LIMIT, "the RateMatcher gone", () -> gone(scene));
                awaitWhole(scene);
            }
        }
    }

    @Test
    void marks_whose_ratematcher_is_gone_are_swept_up_at_start(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox)) {
            try (var first = OperatorProgram.start(sandbox, "first", null)) {
                deploy(scene, DrainTest.BY_LABEL);
                DrainTest.draining(scene);
                first.kill();
            }
            patch(scene, "{\"metadata\":{\"finalizers\":null}}");
            sandbox.client().resource(scene.rtm().get()).delete();
            Await.until(Scene.LIMIT, "the RateMatcher gone", () -> gone(scene));
            assertThat(scene.draining()).isNotEmpty();
            try (var second = scene.operator("second")) {
                assertThat(second.httpPort()).isPositive();
                awaitWhole(scene);
            }
        }
    }

    /// With the token and the rights of the chart's hook, nothing more and nothing less.
    @Test
    void what_the_chart_runs_before_it_is_removed_leaves_nothing_behind(Sandbox sandbox)
            throws InterruptedException {
        sandbox.node("a", GPUS);
        Installed.of(sandbox);
        var hook = Installed.hooks(sandbox);
        try (var scene = new Scene(sandbox);
                var client =
                        new KubernetesClientBuilder()
                                .withConfig(
                                        sandbox.controlPlane()
                                                .serviceAccount(hook.namespace(), hook.account()))
                                .build()) {
            var deployment = Installed.idle(sandbox);
            try (var first = OperatorProgram.start(sandbox, "first", hook.namespace())) {
                deploy(scene, DrainTest.BY_GATE);
                DrainTest.draining(scene);
                first.kill();
            }
            var said = new ArrayList<String>();
            new Recall(
                            client,
                            new RecallSettings(
                                    Set.of(),
                                    hook.namespace(),
                                    deployment,
                                    false,
                                    Duration.ofSeconds(60)),
                            said::add)
                    .run();

            awaitWhole(scene);
            assertThat(scene.rtm().get().getMetadata().getFinalizers()).isEmpty();
            assertThat(said).contains("The operator is stopped.", "The Lease is deleted.");
            assertThat(String.join(" ", said)).contains(Api.SERVING_GATE);
            assertThat(
                            sandbox.client()
                                    .leases()
                                    .inNamespace(hook.namespace())
                                    .withName("ratematch-operator")
                                    .get())
                    .isNull();
            var done =
                    sandbox.controlPlane()
                            .auditLog()
                            .events()
                            .byServiceAccount(hook.namespace(), hook.account());
            assertThat(done.forbidden().all()).isEmpty();
            var idle = new TreeSet<>(hook.granted());
            idle.removeAll(hook.used(done));
            // Nobody watches pods that are gone already.
            idle.remove("watch pods");
            assertThat(idle).as("granted and never used").isEmpty();
            sandbox.client().resource(scene.rtm().get()).delete();
            Await.until(Scene.LIMIT, "the RateMatcher gone", () -> gone(scene));
        }
    }

    @Test
    void a_count_that_a_person_set_is_respected_by_the_next_process(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(2, 2)) {
            String since;
            try (var first = scene.operator("first")) {
                assertThat(first.httpPort()).isPositive();
                scene.create(Manifests.matcher("Auto", GPUS));
                scene.rtm().awaitCondition("Conflict", "False", "None");
                scene.scaleByHand("prefill", 3);
                scene.rtm().awaitCondition("Conflict", "True", "OtherWriter");
                since = since(scene);
            }
            scene.loaded();
            try (var second = scene.operator("second")) {
                assertThat(second.httpPort()).isPositive();
                Await.until(
                        Scene.LIMIT,
                        "a plan of the next process",
                        () ->
                                !since(scene).equals(since)
                                        && scene.rtm().get().getStatus().binding() != null,
                        () -> String.valueOf(scene.rtm().get().getStatus()));
                scene.rtm().awaitCondition("Conflict", "True", "OtherWriter");
                assertThat(scene.rtm().condition("Conflict").orElseThrow().message())
                        .contains("kubectl", "prefill to 3");
                assertThat(List.of(scene.replicas("prefill"), scene.replicas("decode")))
                        .containsExactly(3, 2);
            }
        }
    }

    private static String since(Scene scene) {
        var promises = scene.rtm().get().getStatus().promises();
        return String.valueOf(Objects.requireNonNull(promises).since());
    }

    @Test
    void a_budget_that_is_raised_in_mid_cut_calls_the_drain_back(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        try (var scene = new Scene(sandbox).deployed(4, 1);
                var operator = scene.operator("one")) {
            assertThat(operator.httpPort()).isPositive();
            var pods = sandbox.readyPods("app", "prefill");
            for (var pod : pods) {
                String name = pod.getMetadata().getName();
                Await.until(Scene.LIMIT, "an engine", () -> scene.engines().routable(name));
                scene.engines().hold(name, 1, 2);
            }
            scene.create(
                    Manifests.matcher("Auto", 5)
                            .replace("usual: 1s, timeout: 30s", "usual: 60s, timeout: 300s"));
            scene.rtm().awaitCondition("ScalingActive", "True", "Auto");
            patch(scene, "{\"spec\":{\"budget\":{\"gpus\":3}}}");
            Await.until(
                    Scene.LIMIT,
                    "two pods that drain",
                    () -> scene.draining().size() == 2,
                    () -> String.valueOf(scene.rtm().get().getStatus()));
            patch(scene, "{\"spec\":{\"budget\":{\"gpus\":5}}}");
            awaitWhole(scene);
            Await.until(
                    Scene.LIMIT,
                    "no finalizer",
                    () -> scene.rtm().get().getMetadata().getFinalizers().isEmpty());
            assertThat(scene.rtm().get().getStatus().move()).isNull();
        }
    }
}
