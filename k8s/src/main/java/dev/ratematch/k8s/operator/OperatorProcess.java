package dev.ratematch.k8s.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;

/// The operator as all that a process does.
public final class OperatorProcess {

    private OperatorProcess() {}

    /// Works in the cluster that KUBECONFIG or the pod's service account names, until the process
    /// is asked to end. Returns only when it cannot start: why, in one sentence.
    public static String run(OperatorSettings settings) throws InterruptedException {
        var config = Config.autoConfigure(null);
        var problem = ClusterCheck.problem(config);
        if (problem.isPresent()) {
            return problem.get();
        }
        try {
            var calls = new ApiCalls();
            var client =
                    new KubernetesClientBuilder()
                            .withConfig(config)
                            .withHttpClientBuilderConsumer(
                                    http -> http.addOrReplaceInterceptor("calls", calls))
                            .build();
            new RatematchOperator(client, settings, calls).serve();
            return "The operator has ended.";
        } catch (KubernetesClientException | OperatorException | IllegalStateException e) {
            return "The operator cannot start: " + e.getMessage();
        }
    }
}
