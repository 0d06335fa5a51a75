package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.GpuPool;
import dev.ratematch.k8s.api.GpuPoolStatus;
import dev.ratematch.k8s.api.RateMatcher;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Shows on a pool who holds which share of it.
final class GpuPoolReconciler implements Reconciler<GpuPool> {

    private @Nullable InformerEventSource<RateMatcher, GpuPool> matchers;

    @Override
    public UpdateControl<GpuPool> reconcile(GpuPool pool, Context<GpuPool> context) {
        var source = matchers;
        var all = source == null ? List.<RateMatcher>of() : source.list(m -> true).toList();
        var shares = Shares.of(pool.getMetadata().getName(), pool.getSpec().gpus(), all);
        int granted =
                shares.stream()
                        .filter(GpuPoolStatus.Share::granted)
                        .mapToInt(GpuPoolStatus.Share::gpus)
                        .sum();
        var status = new GpuPoolStatus(granted, shares);
        if (!status.equals(pool.getStatus())) {
            apply(pool, status, context);
        }
        return UpdateControl.noUpdate();
    }

    private static void apply(GpuPool pool, GpuPoolStatus status, Context<GpuPool> context) {
        var applied = new GpuPool();
        applied.setMetadata(new ObjectMetaBuilder().withName(pool.getMetadata().getName()).build());
        applied.setStatus(status);
        context.getClient()
                .resource(applied)
                .subresource("status")
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withForce(true)
                                .withFieldManager(Api.FIELD_MANAGER)
                                .build(),
                        applied);
    }

    @Override
    public List<EventSource<?, GpuPool>> prepareEventSources(EventSourceContext<GpuPool> context) {
        var source =
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(RateMatcher.class, GpuPool.class)
                                .withName("ratematchers")
                                .withSecondaryToPrimaryMapper(GpuPoolReconciler::pool)
                                .withWatchAllNamespaces()
                                .build(),
                        context);
        matchers = source;
        return List.of(source);
    }

    private static Set<ResourceID> pool(RateMatcher matcher) {
        var budget = matcher.getSpec() == null ? null : matcher.getSpec().budget();
        String pool = budget == null ? null : budget.poolRef();
        return pool == null ? Set.of() : Set.of(new ResourceID(pool));
    }
}
