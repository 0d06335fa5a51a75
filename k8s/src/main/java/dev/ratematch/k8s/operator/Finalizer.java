package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.TargetException;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;

/// Writes our finalizer by server-side apply: it says nothing of any other field, and what we leave
/// out is taken away if it was ours.
final class Finalizer {

    private static final int GONE = 404;
    private static final int ANOTHER = 409;

    private Finalizer() {}

    /// Gives a RateMatcher our finalizer, or takes it away.
    ///
    /// @throws TargetException when the server refuses
    static void of(KubernetesClient client, RateMatcher matcher, boolean held) {
        var of = matcher.getMetadata();
        var applied = new RateMatcher();
        applied.setMetadata(
                new ObjectMetaBuilder()
                        .withName(of.getName())
                        .withNamespace(of.getNamespace())
                        // Else an object that is gone would be made anew.
                        .withUid(of.getUid())
                        .withFinalizers(held ? List.of(Api.FINALIZER) : List.of())
                        .build());
        try {
            var _ = client.resource(applied).patch(context(), applied);
        } catch (KubernetesClientException e) {
            boolean gone = e.getCode() == GONE || e.getCode() == ANOTHER;
            if (held || !gone) {
                throw new TargetException(
                        "RateMatcher %s cannot be given the finalizer %s, without which nothing is drained: %s"
                                .formatted(of.getName(), Api.FINALIZER, e.getMessage()),
                        e);
            }
        }
    }

    private static PatchContext context() {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withForce(true)
                .withFieldManager(Api.FIELD_MANAGER)
                .build();
    }
}
