package dev.ratematch.k8s.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.fleet.Ownership.Stranger;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whose a pod is, by its owners.
class OwnershipTest {

    private final Map<TargetClient.Key, GenericKubernetesResource> watched = new HashMap<>();

    private Ownership of(String kind, String name, Pod... pods) {
        var object = object("kind: %s\nmetadata: {name: %s, uid: u-%2$s}".formatted(kind, name));
        return Ownership.of(
                new TargetView(object, 1, "app=x"),
                List.of(pods),
                key -> Optional.ofNullable(watched.get(key)));
    }

    private static GenericKubernetesResource object(String yaml) {
        return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    }

    /// @param labels in flow style
    private static Pod pod(String ownerKind, String owner, String labels) {
        return Serialization.unmarshal(
                """
                metadata:
                  name: %2$s-x
                  namespace: llm
                  labels: {%3$s}
                  ownerReferences:
                  - {kind: Sidecar, name: not-in-charge, uid: u-none}
                  - {apiVersion: apps/v1, kind: %1$s, name: %2$s, uid: u-%2$s, controller: true}
                """
                        .formatted(ownerKind, owner, labels),
                Pod.class);
    }

    /// An object that a watch keeps, with its owner.
    private void watch(String kind, String name, String ownerKind, String owner) {
        watched.put(
                new TargetClient.Key("apps/v1", kind, "llm", name),
                object(
                        """
                        kind: %s
                        metadata:
                          name: %s
                          ownerReferences:
                          - {apiVersion: test.dev/v1, kind: %s, name: %4$s, uid: u-%4$s, controller: true}
                        """
                                .formatted(kind, name, ownerKind, owner)));
    }

    private static final String HASHED = "pod-template-hash: 6b7";
    private static final String GROUPED = "leaderworkerset.sigs.k8s.io/name: decode";

    @ParameterizedTest
    @CsvSource({
        "Deployment, ReplicaSet, decode-6b7, pod-template-hash: 6b7",
        "StatefulSet, StatefulSet, decode, a: b",
        "LeaderWorkerSet, StatefulSet, decode, leaderworkerset.sigs.k8s.io/name: decode",
        "LeaderWorkerSet, StatefulSet, decode-1, leaderworkerset.sigs.k8s.io/name: decode",
        "Engines, Engines, decode, a: b",
    })
    void ownPodsCount(String kind, String ownerKind, String owner, String labels) {
        var found = of(kind, "decode", pod(ownerKind, owner, labels));

        assertThat(found.own()).hasSize(1);
        assertThat(found.stranger()).isNull();
        assertThat(found.byLabels()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "Deployment, ReplicaSet, prefill-6b7, pod-template-hash: 6b7, Deployment/prefill",
        "Deployment, StatefulSet, decode, a: b, StatefulSet/decode",
        "Deployment, Job, batch, a: b, Job/batch",
        "StatefulSet, StatefulSet, prefill, a: b, StatefulSet/prefill",
        "StatefulSet, ReplicaSet, decode-6b7, pod-template-hash: 6b7, Deployment/decode",
        "LeaderWorkerSet, StatefulSet, x, leaderworkerset.sigs.k8s.io/name: x, StatefulSet/x",
        "LeaderWorkerSet, ReplicaSet, x-6b7, pod-template-hash: 6b7, Deployment/x",
        "Engines, Engines, prefill, a: b, Engines/prefill",
    })
    void podsOfOthersAreNamedWithTheirOwnerAndDoNotCount(
            String kind, String ownerKind, String owner, String labels, String named) {
        watch("Deployment", "prefill", "Helm", "chart");
        var found = of(kind, "decode", pod(ownerKind, owner, labels));

        assertThat(found.own()).isEmpty();
        assertThat(found.stranger()).isEqualTo(new Stranger(owner + "-x", named));
        assertThat(found.strangers()).isEqualTo(1);
    }

    @Test
    void aPodWithoutAnOwnerIsNoTargets() {
        var bare = Serialization.unmarshal("metadata: {name: bare}", Pod.class);

        assertThat(of("Deployment", "decode", bare).stranger())
                .isEqualTo(new Stranger("bare", "nothing"));
        assertThat(of("Engines", "decode", bare).byLabels()).isTrue();
    }

    @Test
    void whatLeavesOrHasEndedIsNoReasonToRefuse() {
        var leaving = pod("Job", "batch", "a: b");
        leaving.getMetadata().setDeletionTimestamp("2026-11-01T00:00:00Z");
        var done = pod("Job", "other", "a: b");
        done.setStatus(
                Serialization.unmarshal("status: {phase: Succeeded}", Pod.class).getStatus());
        var found = of("Deployment", "decode", leaving, done);

        assertThat(found.stranger()).isNull();
        assertThat(found.own()).isEmpty();
    }

    /// A ReplicaSet that was left behind by another Deployment and taken over.
    @Test
    void aReplicaSetThatNoDeploymentOfItsNameHasIsBelievedByLabels() {
        var adopted = of("Deployment", "decode", pod("ReplicaSet", "old-6b7", HASHED));
        var nameless = of("Deployment", "decode", pod("ReplicaSet", "by-hand", "a: b"));

        assertThat(adopted.own()).hasSize(1);
        assertThat(adopted.byLabels()).isTrue();
        assertThat(nameless.byLabels()).isTrue();
    }

    @Test
    void ownersAreFollowedThroughDeploymentsAndSetsToAnyKind() {
        watch("Deployment", "decode-workers", "Engines", "decode");
        watch("StatefulSet", "prefill-workers", "Engines", "prefill");
        var ours = pod("ReplicaSet", "decode-workers-6b7", HASHED);
        var theirs = pod("StatefulSet", "prefill-workers", GROUPED);
        var unknown = pod("StatefulSet", "unseen", "a: b");
        var found = of("Engines", "decode", ours, theirs, unknown);

        assertThat(found.own()).containsExactly(ours, unknown);
        assertThat(found.byLabels()).isTrue();
        assertThat(found.stranger())
                .isEqualTo(new Stranger("prefill-workers-x", "StatefulSet/prefill-workers"));
        assertThat(of("Engines", "decode", ours).byLabels()).isFalse();
    }
}
