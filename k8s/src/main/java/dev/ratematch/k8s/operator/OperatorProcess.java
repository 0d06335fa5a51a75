package dev.ratematch.k8s.operator;

import dev.ratematch.controller.publish.ConsolePort;
import dev.ratematch.controller.publish.HttpEndpoints;
import dev.ratematch.k8s.operator.ClusterCheck.Problem;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.OperatorException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator as all that a process does.
public final class OperatorProcess {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private OperatorProcess() {}

    /// Works in the cluster that KUBECONFIG or the pod's service account names, until the process
    /// is asked to end. Returns only when it cannot start: why, in one sentence.
    ///
    /// @param console served on the port of the metrics
    public static String run(OperatorSettings settings, ConsolePort console)
            throws InterruptedException {
        // Only there does somebody start us again and again, more and more rarely.
        return run(settings, System.getenv("KUBERNETES_SERVICE_HOST") != null, console);
    }

    /// @param patient whether an API server that does not answer is waited for
    static String run(OperatorSettings settings, boolean patient) throws InterruptedException {
        return run(settings, patient, ConsolePort.NONE);
    }

    private static String run(OperatorSettings settings, boolean patient, ConsolePort console)
            throws InterruptedException {
        var config = Config.autoConfigure(null);
        var serialization = LeanObjects.serialization();
        var problem = ClusterCheck.problem(config, serialization);
        if (patient && problem.filter(Problem::passes).isPresent()) {
            problem = awaited(config, serialization, problem.get(), settings.httpPort());
        }
        if (problem.isPresent()) {
            return problem.get().text();
        }
        try {
            var calls = new ApiCalls();
            var client =
                    new KubernetesClientBuilder()
                            .withConfig(config)
                            .withKubernetesSerialization(serialization)
                            .withHttpClientBuilderConsumer(
                                    http -> http.addOrReplaceInterceptor("calls", calls))
                            .build();
            new RatematchOperator(client, settings, calls, console).serve();
            return "The operator has stopped.";
        } catch (KubernetesClientException | OperatorException | IllegalStateException e) {
            return "The operator cannot start: " + e.getMessage();
        }
    }

    /// Waits, alive and not ready, while the API server does not answer: to end and be started anew
    /// would be noisier, and slower each time. Returns what else is wrong.
    private static Optional<Problem> awaited(
            Config config, KubernetesSerialization serialization, Problem first, int httpPort)
            throws InterruptedException {
        LOG.warn("{} Waiting for it.", first.text());
        var ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(ended::countDown, "waiting-ended"));
        var vertx = Vertx.vertx();
        var nothing = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (var _ = new HttpEndpoints(vertx, httpPort, nothing, () -> true, () -> false)) {
            var problem = Optional.of(first);
            while (problem.filter(Problem::passes).isPresent()
                    && !ended.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                problem = ClusterCheck.problem(config, serialization);
            }
            LOG.info("The API server answers.");
            return problem;
        } finally {
            vertx.close();
        }
    }
}
