package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Sandbox;
import dev.ratematch.k8s.engine.SwitchableRole.Behaviour;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Workers that switch roles on the real control plane: one Deployment, or groups, whose template
/// makes decode instances.
record WorkersScene(Scene scene, int size) {

    static final int GPUS = 6;

    /// Five prefill instances and one decode instance that serve, on nodes with as many GPUs.
    static WorkersScene deployed(Sandbox sandbox) {
        sandbox.node("a", GPUS);
        var scene = new WorkersScene(new Scene(sandbox), GPUS);
        scene.scene.create(Manifests.workers("workers", GPUS));
        scene.awaitEngines();
        scene.roles(GPUS - 1);
        return scene;
    }

    /// Two prefill groups and one decode group of two pods each, whose leader has a GPU.
    static WorkersScene grouped(Sandbox sandbox) {
        sandbox.node("a", 3);
        var scene = new WorkersScene(new Scene(sandbox), 3);
        scene.scene.create(Manifests.workerGroups("workers", 3));
        scene.awaitEngines();
        scene.roles(2);
        return scene;
    }

    /// Waits until every instance's engine runs.
    void awaitEngines() {
        Await.until(
                Scene.LIMIT,
                "engines in all workers",
                () -> leaders().size() == size && leaders().stream().allMatch(this::runs));
    }

    private boolean runs(Pod pod) {
        return Sandbox.isReady(pod) && scene.engines().runs(name(pod));
    }

    /// Gives so many of them the prefill role, their engines too.
    void roles(int prefill) {
        leaders().stream()
                .limit(prefill)
                .forEach(
                        pod -> {
                            scene.engines().restart(name(pod), true);
                            members(name(pod)).forEach(each -> label(name(each), "prefill"));
                        });
        scene.routed();
    }

    /// Gives a pod another role label; null takes it off.
    void label(String pod, @Nullable String role) {
        String value = role == null ? "null" : "\"" + role + "\"";
        var _ =
                scene.sandbox()
                        .client()
                        .pods()
                        .inNamespace(scene.sandbox().namespace())
                        .withName(pod)
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"metadata\":{\"labels\":{\"%s\":%s}}}"
                                        .formatted(Scene.ROLE, value));
    }

    /// The pods that answer, one for each instance, by name.
    List<Pod> leaders() {
        return scene.pods().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(
                        pod ->
                                !"1"
                                        .equals(
                                                pod.getMetadata()
                                                        .getLabels()
                                                        .get(
                                                                "leaderworkerset.sigs.k8s.io/worker-index")))
                .sorted((a, b) -> name(a).compareTo(name(b)))
                .toList();
    }

    /// The pods of an instance, by its leader's name.
    List<Pod> members(String leader) {
        return scene.pods().stream()
                .filter(pod -> name(pod).equals(leader) || name(pod).startsWith(leader + "-"))
                .toList();
    }

    /// Whether the pods of every instance have one role label.
    boolean together() {
        return leaders().stream()
                .allMatch(
                        leader ->
                                members(name(leader)).stream()
                                                .map(WorkersScene::role)
                                                .distinct()
                                                .count()
                                        == 1);
    }

    static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private static Optional<String> role(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels().get(Scene.ROLE));
    }

    /// Instances of a role by label.
    long count(String role) {
        return leaders().stream().filter(pod -> role(pod).filter(role::equals).isPresent()).count();
    }

    /// The instances that are in neither role.
    Set<String> out() {
        return leaders().stream()
                .filter(pod -> role(pod).isEmpty())
                .map(WorkersScene::name)
                .collect(Collectors.toSet());
    }

    Set<String> uids() {
        return leaders().stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    /// How every engine takes being told to switch, those to come included.
    WorkersScene behaving(Behaviour behaviour) {
        scene.engines().behave(behaviour);
        return this;
    }

    void matcher(String mode) {
        String matcher =
                Manifests.workersMatcher(mode, size, "sglang")
                        // A start that takes longer than a switch: else instances are started.
                        .replace("leadTime: 2s", "leadTime: 60s");
        scene.create(
                size == GPUS
                        ? matcher
                        : matcher.replace(
                                "{name: workers}",
                                "{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet,"
                                        + " name: workers}\n    gpusPerReplica: 1"));
    }

    /// What is kept of the switches; empty for nothing.
    String kept() {
        var found =
                scene.sandbox()
                        .client()
                        .configMaps()
                        .inNamespace(scene.sandbox().namespace())
                        .withName(Memories.name(scene.rtm().get()))
                        .get();
        return Optional.ofNullable(found)
                .map(ConfigMap::getData)
                .map(data -> data.get(Memories.SWITCHES))
                .orElse("");
    }

    /// Waits until a switch stands in a phase, as it is kept.
    void awaitPhase(String phase) {
        Await.until(
                Scene.LIMIT,
                "a switch in phase " + phase,
                () -> kept().contains("\"phase\":\"%s\"".formatted(phase)),
                this::toString);
    }

    /// Waits until there are as many decode instances, all of them serve in a role, and nothing
    /// switches.
    void awaitDecode(int least) {
        Await.until(
                Scene.LIMIT,
                "%d decode instances at least, and none in neither role".formatted(least),
                () ->
                        count("decode") >= least
                                && out().isEmpty()
                                && leaders().size() == size
                                && kept().contains("\"open\":[]"),
                this::toString);
    }

    /// Waits until an event of that reason is there.
    void awaitEvent(String reason) {
        Await.until(
                Scene.LIMIT,
                "an event " + reason,
                () -> !RbacTest.events(scene, "llama", reason).isEmpty(),
                this::toString);
    }

    /// By label and by engine, for messages.
    @Override
    public String toString() {
        String pods =
                leaders().stream()
                        .map(
                                pod ->
                                        "%s %s/%s"
                                                .formatted(
                                                        name(pod),
                                                        role(pod).orElse("-"),
                                                        scene.engines().prefill(name(pod))
                                                                ? "prefill"
                                                                : "decode"))
                        .collect(Collectors.joining(", "));
        return "%s%n%s%n%s%n%s"
                .formatted(pods, kept(), scene.engines(), scene.rtm().get().getStatus());
    }

    /// Whether every instance's label says what its engine does.
    boolean agrees() {
        return leaders().stream()
                .allMatch(
                        pod ->
                                role(pod)
                                        .filter(
                                                role ->
                                                        role.equals("prefill")
                                                                == scene.engines()
                                                                        .prefill(name(pod)))
                                        .isPresent());
    }

    /// Annotations of a pod.
    static Map<String, String> annotations(Pod pod) {
        var all = pod.getMetadata().getAnnotations();
        return all == null ? Map.of() : all;
    }
}
