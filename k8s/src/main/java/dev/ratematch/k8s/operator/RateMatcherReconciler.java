package dev.ratematch.k8s.operator;

import dev.ratematch.controller.publish.CycleBoard;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.k8s.api.GpuPool;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.fleet.TargetClient;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls a RateMatcher's session when its time has come, a read of its metrics has ended or
/// something it watches has changed. The SDK serialises the calls per resource, retries failures
/// with back-off and elects the leader.
final class RateMatcherReconciler implements Reconciler<RateMatcher> {

    private static final Logger LOG = LoggerFactory.getLogger(RateMatcherReconciler.class);
    private static final Duration LEAST_WAIT = Duration.ofMillis(200);

    private final World world;
    private final Recommendations recommendations;
    private final CycleBoard cycles;
    private final Clock clock;
    private final boolean clusterWide;
    private final SimpleInboundEventSource<RateMatcher> ended =
            new SimpleInboundEventSource<>("reads");

    /// Reads wait for their sources: each on a thread that costs next to nothing.
    private final Executor threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("read-", 0).factory());

    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final Sweep sweep;

    RateMatcherReconciler(
            World world,
            Recommendations recommendations,
            CycleBoard cycles,
            Clock clock,
            boolean clusterWide) {
        this.world = world;
        this.recommendations = recommendations;
        this.cycles = cycles;
        this.clock = clock;
        this.clusterWide = clusterWide;
        this.sweep = new Sweep(world, this::elsewhere);
    }

    /// What puts back whatever nobody drains any more.
    Sweep sweep() {
        return sweep;
    }

    private boolean elsewhere(RateMatcher matcher, Pod pod) {
        return test(matcher, session -> session.disowns(pod.getMetadata().getLabels()));
    }

    @Override
    public UpdateControl<RateMatcher> reconcile(RateMatcher matcher, Context<RateMatcher> context) {
        if (context.isPrimaryResourceDeleted()) {
            forget(matcher);
            return UpdateControl.noUpdate();
        }
        if (matcher.isMarkedForDeletion()) {
            sweep.end(matcher);
            return UpdateControl.noUpdate();
        }
        var id = ResourceID.fromResource(matcher);
        var session =
                sessions.computeIfAbsent(
                        matcher.getMetadata().getUid(),
                        uid ->
                                new Session(
                                        world,
                                        world,
                                        this::reader,
                                        recommendations,
                                        cycles,
                                        new Reads.Background(
                                                threads, () -> ended.propagateEvent(id)),
                                        matcher));
        var wait = session.run(matcher, clock.instant());
        return UpdateControl.<RateMatcher>noUpdate()
                .rescheduleAfter(wait.compareTo(LEAST_WAIT) < 0 ? LEAST_WAIT : wait);
    }

    private Sources.Reader reader(
            RateMatcher matcher,
            RateMatcherSpec spec,
            SeenPools fleet,
            double percentile,
            double intervalSeconds) {
        return Sources.reader(world, matcher, spec, fleet, percentile, intervalSeconds);
    }

    private void forget(RateMatcher matcher) {
        var session = sessions.remove(matcher.getMetadata().getUid());
        if (session != null) {
            session.abandon();
        }
        var of = matcher.getMetadata();
        recommendations.remove(of.getNamespace(), of.getName());
        cycles.remove(of.getNamespace(), of.getName());
        world.journals().forget(of.getNamespace(), of.getName());
    }

    @Override
    public ErrorStatusUpdateControl<RateMatcher> updateErrorStatus(
            RateMatcher matcher, Context<RateMatcher> context, Exception e) {
        var of = matcher.getMetadata();
        if (!(e instanceof KubernetesClientException)) {
            LOG.error("{}/{}: The cycle failed.", of.getNamespace(), of.getName(), e);
        }
        String why = "the cycle failed: " + e.getMessage();
        recommendations.stale(of.getNamespace(), of.getName(), why);
        cycles.failed(of.getNamespace(), of.getName(), why);
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    @Override
    public List<EventSource<?, RateMatcher>> prepareEventSources(
            EventSourceContext<RateMatcher> context) {
        var primaries = context.getPrimaryCache();
        var pods =
                source(
                        Pod.class,
                        context,
                        pod ->
                                concerned(
                                        primaries,
                                        pod.getMetadata().getNamespace(),
                                        session ->
                                                session.concerns(pod.getMetadata().getLabels())));
        var autoscalers =
                source(
                        HorizontalPodAutoscaler.class,
                        context,
                        hpa ->
                                targeting(
                                        primaries,
                                        hpa.getMetadata().getNamespace(),
                                        hpa.getSpec().getScaleTargetRef().getKind(),
                                        hpa.getSpec().getScaleTargetRef().getName()));
        var all = new ArrayList<EventSource<?, RateMatcher>>(List.of(ended, pods, autoscalers));
        InformerEventSource<GpuPool, RateMatcher> pools = null;
        if (clusterWide) {
            pools =
                    new InformerEventSource<>(
                            InformerEventSourceConfiguration.from(GpuPool.class, RateMatcher.class)
                                    .withName("gpupools")
                                    .withSecondaryToPrimaryMapper(
                                            pool ->
                                                    sharing(
                                                            primaries,
                                                            pool.getMetadata().getName()))
                                    .build(),
                            context);
            all.add(pools);
        }
        var targets =
                new HashMap<String, InformerEventSource<GenericKubernetesResource, RateMatcher>>();
        for (var kind : watchedKinds()) {
            var source = targetSource(kind, context, primaries);
            targets.put(kind.apiVersion() + "/" + kind.getKind(), source);
            all.add(source);
        }
        world.watching(primaries, pods, autoscalers, pools, targets);
        return all;
    }

    private List<GroupVersionKind> watchedKinds() {
        var kinds = new ArrayList<GroupVersionKind>();
        kinds.add(new GroupVersionKind("apps", "v1", "Deployment"));
        kinds.add(new GroupVersionKind("apps", "v1", "StatefulSet"));
        var groups = new GroupVersionKind("leaderworkerset.x-k8s.io", "v1", "LeaderWorkerSet");
        if (served(groups)) {
            kinds.add(groups);
        }
        return kinds;
    }

    private boolean served(GroupVersionKind kind) {
        try {
            return world.client().getApiResources(kind.apiVersion()) != null;
        } catch (KubernetesClientException e) {
            LOG.info("No {} in this cluster: {}", kind, e.getMessage());
            return false;
        }
    }

    private static InformerEventSource<GenericKubernetesResource, RateMatcher> targetSource(
            GroupVersionKind kind,
            EventSourceContext<RateMatcher> context,
            IndexerResourceCache<RateMatcher> primaries) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, RateMatcher.class)
                        .withName(kind.getKind().toLowerCase(Locale.ROOT) + "s")
                        .withSecondaryToPrimaryMapper(
                                target ->
                                        targeting(
                                                primaries,
                                                target.getMetadata().getNamespace(),
                                                kind.getKind(),
                                                target.getMetadata().getName()))
                        .withNamespacesInheritedFromController()
                        .build(),
                context);
    }

    private interface Mapper<R> {
        Set<ResourceID> primaries(R secondary);
    }

    private static <R extends HasMetadata> InformerEventSource<R, RateMatcher> source(
            Class<R> type, EventSourceContext<RateMatcher> context, Mapper<R> mapper) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(type, RateMatcher.class)
                        .withName(type.getSimpleName().toLowerCase(Locale.ROOT) + "s")
                        .withSecondaryToPrimaryMapper(mapper::primaries)
                        .withNamespacesInheritedFromController()
                        .build(),
                context);
    }

    private Set<ResourceID> concerned(
            IndexerResourceCache<RateMatcher> primaries,
            String namespace,
            Predicate<Session> test) {
        return primaries
                .list(namespace, m -> test(m, test))
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    private boolean test(RateMatcher matcher, Predicate<Session> test) {
        @Nullable Session session = sessions.get(matcher.getMetadata().getUid());
        return session != null && test.test(session);
    }

    private static Set<ResourceID> targeting(
            IndexerResourceCache<RateMatcher> primaries,
            String namespace,
            String kind,
            String name) {
        return primaries
                .list(namespace, m -> targets(m, namespace, kind, name))
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    private static boolean targets(
            RateMatcher matcher, String namespace, String kind, String name) {
        for (var role : Claim.roles(matcher)) {
            var key = TargetClient.key(namespace, role.scaleTargetRef());
            if (key.kind().equals(kind) && key.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static Set<ResourceID> sharing(
            IndexerResourceCache<RateMatcher> primaries, String pool) {
        return primaries
                .list(
                        m -> {
                            var budget = m.getSpec() == null ? null : m.getSpec().budget();
                            return budget != null && pool.equals(budget.poolRef());
                        })
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }
}
