package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.Marks;
import dev.ratematch.k8s.fleet.PodWriter;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetException;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes back what the operator has done to others, so that it can go: pods serve again,
/// RateMatchers can be deleted, the Lease is gone. Counts of targets stay as they are. Doing it
/// again changes nothing.
public final class Recall {

    private static final long PAGE = 500;

    /// The Job, or the person, tries again.
    private static final int RETRIES = 5;

    private final KubernetesClient client;
    private final RecallSettings settings;
    private final Consumer<String> say;

    /// A recall in one cluster.
    ///
    /// @param say is told what was done, a sentence each
    public Recall(KubernetesClient client, RecallSettings settings, Consumer<String> say) {
        this.client = client;
        this.settings = settings;
        this.say = say;
    }

    /// Recalls in the cluster that KUBECONFIG or the pod's service account names.
    ///
    /// @throws IllegalStateException why not all was put back
    public static void run(RecallSettings settings, Consumer<String> say)
            throws InterruptedException {
        run(Config.autoConfigure(null), settings, say);
    }

    static void run(Config cluster, RecallSettings settings, Consumer<String> say)
            throws InterruptedException {
        var config = new ConfigBuilder(cluster).withRequestRetryBackoffLimit(RETRIES).build();
        try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
            new Recall(client, settings, say).run();
        } catch (KubernetesClientException e) {
            throw new IllegalStateException(
                    "Not everything was put back: " + ClusterCheck.unusable(config, e), e);
        } catch (TargetException e) {
            throw new IllegalStateException("Not everything was put back: " + e.getMessage(), e);
        }
    }

    /// Recalls.
    ///
    /// @throws IllegalStateException when the operator does not stop: it would drain anew
    public void run() throws InterruptedException {
        if (settings.deployment() != null) {
            stop(settings.deployment());
        }
        var all = settings.namespaces();
        var namespaces = all.isEmpty() ? List.of("") : List.copyOf(all);
        for (String namespace : namespaces) {
            putBack(namespace);
            letGo(namespace);
        }
        if (!settings.keepsLease()) {
            deleteLease();
        }
    }

    private void deleteLease() {
        var gone =
                client.leases()
                        .inNamespace(settings.own())
                        .withName(RatematchOperator.LEASE_NAME)
                        .delete();
        say.accept(gone.isEmpty() ? "There is no Lease." : "The Lease is deleted.");
    }

    private void stop(String name) throws InterruptedException {
        var deployment =
                client.apps().deployments().inNamespace(settings.own()).withName(name).get();
        if (deployment == null) {
            say.accept("Deployment %s does not exist; no operator to stop.".formatted(name));
            return;
        }
        var _ =
                client.apps()
                        .deployments()
                        .inNamespace(settings.own())
                        .withName(name)
                        .subresource("scale")
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"spec\":{\"replicas\":0}}");
        var pods =
                client.pods()
                        .inNamespace(settings.own())
                        .withLabelSelector(deployment.getSpec().getSelector());
        try {
            var _ =
                    pods.informOnCondition(List::isEmpty)
                            .get(settings.patience().toSeconds(), TimeUnit.SECONDS);
            say.accept("The operator is stopped.");
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException(
                    ("The operator is still running after %d s (Deployment %s) and would "
                                    + "drain pods again, so nothing was put back.")
                            .formatted(settings.patience().toSeconds(), name),
                    e);
        }
    }

    /// Pods whose gate nobody has opened wait in vain once the operator is gone.
    private void putBack(String namespace) {
        int back = 0;
        var gated = new ArrayList<Pod>();
        @Nullable String next = null;
        do {
            var page = page(namespace, next);
            for (var pod : page.getItems()) {
                boolean leaving = pod.getMetadata().getDeletionTimestamp() != null;
                var writer = new PodWriter(client, Marks.owner(pod).orElse(""));
                if (Marks.marked(pod)) {
                    var _ = writer.recall(pod, new Routing.None());
                    back++;
                } else if (!leaving && Marks.closed(pod)) {
                    var _ = writer.serving(pod, true);
                    back++;
                }
                if (!leaving && Marks.gated(pod)) {
                    gated.add(pod);
                }
            }
            next = page.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
        say.accept("%d pods were put back into routing.".formatted(back));
        if (!gated.isEmpty()) {
            var one = gated.getFirst().getMetadata();
            say.accept(
                    ("%d pods have the readiness gate %s, such as %s/%s. New pods with "
                                    + "it will get no traffic: remove it from their templates.")
                            .formatted(
                                    gated.size(),
                                    Api.SERVING_GATE,
                                    one.getNamespace(),
                                    one.getName()));
        }
    }

    private PodList page(String namespace, @Nullable String from) {
        var options = new ListOptionsBuilder().withLimit(PAGE).withContinue(from).build();
        return namespace.isEmpty()
                ? client.pods().inAnyNamespace().list(options)
                : client.pods().inNamespace(namespace).list(options);
    }

    private void letGo(String namespace) {
        int released = 0;
        for (var matcher : matchers(namespace)) {
            if (matcher.getMetadata().getFinalizers().contains(Api.FINALIZER)) {
                Finalizer.of(client, matcher, false);
                released++;
            }
        }
        say.accept("%d finalizers were removed.".formatted(released));
    }

    private List<RateMatcher> matchers(String namespace) {
        try {
            var kind = client.resources(RateMatcher.class);
            return namespace.isEmpty()
                    ? kind.inAnyNamespace().list().getItems()
                    : kind.inNamespace(namespace).list().getItems();
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                return List.of(); // their kind is gone already
            }
            throw e;
        }
    }
}
