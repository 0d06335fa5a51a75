package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The RateMatcher of a scene, `llama`: what it says, and what people change about it.
record Rtm(Sandbox sandbox) {

    /// The status of any RateMatcher, for messages.
    String status(String name) {
        return String.valueOf(
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName(name)
                        .require()
                        .getStatus());
    }

    /// As it is.
    RateMatcher get() {
        return sandbox.client()
                .resources(RateMatcher.class)
                .inNamespace(sandbox.namespace())
                .withName("llama")
                .require();
    }

    Optional<Condition> condition(String type) {
        var status = get().getStatus();
        return status == null || status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream().filter(c -> c.type().equals(type)).findFirst();
    }

    void awaitCondition(String type, String status, String reason) {
        Await.until(
                Scene.LIMIT,
                "%s %s %s".formatted(type, status, reason),
                () ->
                        condition(type)
                                .filter(c -> c.status().equals(status))
                                .filter(c -> c.reason().equals(reason))
                                .isPresent(),
                () -> String.valueOf(get().getStatus()));
    }

    void annotate(String key, @Nullable String value) {
        String text = value == null ? "null" : "\"" + value + "\"";
        var _ =
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName("llama")
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"metadata\":{\"annotations\":{\"%s\":%s}}}"
                                        .formatted(key, text));
    }

    /// Waits until a move is open.
    void awaitMove() {
        Await.until(
                Scene.LIMIT,
                "an open move",
                () -> get().getStatus().move() != null,
                () -> String.valueOf(get().getStatus()));
    }

    /// Waits until a move is open and in a phase.
    void awaitPhase(String phase) {
        Await.until(
                Scene.LIMIT,
                "the move in " + phase,
                () -> {
                    var status = get().getStatus();
                    return status != null
                            && status.move() != null
                            && phase.equals(status.move().phase());
                },
                () -> String.valueOf(get().getStatus()));
    }

    /// Replaces one value of a RateMatcher.
    void patch(String matcher, String path, String value) {
        var _ =
                sandbox.client()
                        .resources(RateMatcher.class)
                        .inNamespace(sandbox.namespace())
                        .withName(matcher)
                        .patch(
                                PatchContext.of(PatchType.JSON),
                                "[{\"op\":\"replace\",\"path\":\"%s\",\"value\":\"%s\"}]"
                                        .formatted(path, value));
    }
}
