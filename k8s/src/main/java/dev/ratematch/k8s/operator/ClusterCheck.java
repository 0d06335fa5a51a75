package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Api;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;

/// Whether an operator can start here at all. Its watches would retry for minutes, and say so line
/// by line; a person who mistyped an address wants one sentence now.
final class ClusterCheck {

    private static final int TIMEOUT_MILLIS = 5000;
    private static final int RETRIES = 2;

    private ClusterCheck() {}

    /// What is wrong with a cluster.
    ///
    /// @param text for people
    /// @param passes whether it may pass by itself: nobody answers, or says that it cannot now
    record Problem(String text, boolean passes) {}

    /// What is wrong with a cluster; empty when nothing is.
    static Optional<Problem> problem(Config config, KubernetesSerialization serialization) {
        var impatient =
                new ConfigBuilder(config)
                        .withConnectionTimeout(TIMEOUT_MILLIS)
                        .withRequestTimeout(TIMEOUT_MILLIS)
                        .withRequestRetryBackoffLimit(RETRIES)
                        .build();
        String version = Api.GROUP + "/" + Api.VERSION;
        try (var client =
                new KubernetesClientBuilder()
                        .withConfig(impatient)
                        .withKubernetesSerialization(serialization)
                        .build()) {
            return client.getApiResources(version) == null
                    ? Optional.of(
                            new Problem(
                                    ("The cluster at %s has no RateMatcher CRD; run "
                                                    + "kubectl apply --server-side -f deploy/crds")
                                            .formatted(config.getMasterUrl()),
                                    false))
                    : Optional.empty();
        } catch (KubernetesClientException e) {
            int code = e.getCode(); // none where nobody answered
            boolean passes = code <= 0 || code == 429 || code >= 500;
            return Optional.of(new Problem(unusable(config, e), passes));
        }
    }

    /// That a cluster cannot be used, for people: the client itself only names the request.
    static String unusable(Config config, KubernetesClientException e) {
        return ("The cluster at %s cannot be used: %s. Check KUBECONFIG, or the pod's service "
                        + "account.")
                .formatted(config.getMasterUrl(), cause(e));
    }

    /// The innermost reason, in one line.
    private static String cause(Throwable e) {
        Throwable last = e;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        String said = last.getMessage();
        String name = last.getClass().getSimpleName().replaceFirst("Exception$", "");
        return said == null ? name : said.lines().findFirst().orElse(name);
    }
}
