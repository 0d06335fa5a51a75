package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The real KEDA: its operator, which turns ScaledObjects into HPAs, and its metrics adapter, which
/// those HPAs read through the real aggregator.
public final class Keda implements AutoCloseable {

    private static final String NAMESPACE = "keda";
    private static final String ADAPTER_SERVICE = "keda-metrics-apiserver";
    private static final String OPERATOR_HOST = "keda-operator.keda.svc.cluster.local";
    private static final String LOOPBACK = "127.0.0.1:";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    // Set but empty: every namespace. When it is unset, KEDA does not start.
    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "POD_NAMESPACE",
                    NAMESPACE,
                    "KEDA_CLUSTER_OBJECT_NAMESPACE",
                    NAMESPACE,
                    "WATCH_NAMESPACE",
                    "");

    private final KubernetesClient client;
    private final Program operator;
    private final Program adapter;

    private Keda(KubernetesClient client, Program operator, Program adapter) {
        this.client = client;
        this.operator = operator;
        this.adapter = adapter;
    }

    /// Starts both, and waits until the API server routes external metrics to them.
    public static Keda start(ControlPlane controlPlane) {
        var bin = Binaries.folder("keda");
        var client = controlPlane.client();
        Crds.installAll(client, bin.resolve("crds"));
        var _ =
                client.namespaces()
                        .resource(
                                new NamespaceBuilder()
                                        .withNewMetadata()
                                        .withName(NAMESPACE)
                                        .endMetadata()
                                        .build())
                        .create();
        var certificates =
                LeaderWorkerSets.certificates(
                        controlPlane,
                        NAMESPACE,
                        ControlPlane.names(ADAPTER_SERVICE + ".keda.svc", OPERATOR_HOST));
        var kubeconfig =
                controlPlane.kubeconfig(
                        NAMESPACE, controlPlane.user("keda-operator", "system:masters"));
        var ports =
                new Ports(
                        ControlPlane.freePort(), ControlPlane.freePort(), ControlPlane.freePort());
        var operator =
                Program.start(
                        "keda-operator",
                        controlPlane.folder(),
                        ENVIRONMENT,
                        operator(bin, kubeconfig, certificates, ports));
        var adapter =
                Program.start(
                        "keda-adapter",
                        controlPlane.folder(),
                        ENVIRONMENT,
                        adapter(bin, kubeconfig, certificates, ports, controlPlane));
        var http = HttpClient.newHttpClient();
        var keda = new Keda(client, operator, adapter);
        try {
            var _ =
                    operator.awaitReady(
                            LIMIT,
                            () ->
                                    LeaderWorkerSets.answers(
                                            http,
                                            "http://127.0.0.1:" + ports.health() + "/readyz",
                                            200));
            ExternalMetrics.register(
                    client,
                    NAMESPACE,
                    ADAPTER_SERVICE,
                    ports.adapter(),
                    LeaderWorkerSets.read(controlPlane.authority().certificate()));
            return keda;
        } catch (AssertionError | RuntimeException e) {
            keda.close();
            throw e;
        }
    }

    private record Ports(int health, int internal, int adapter) {}

    private static List<String> operator(
            Path bin, Path kubeconfig, Path certificates, Ports ports) {
        return List.of(
                bin.resolve("keda-operator").toString(),
                "--kubeconfig=" + kubeconfig,
                "--cert-dir=" + certificates,
                "--enable-cert-rotation=false",
                "--enable-webhook-patching=false",
                "--health-probe-bind-address=" + LOOPBACK + ports.health(),
                "--metrics-bind-address=" + LOOPBACK + ControlPlane.freePort(),
                "--metrics-service-bind-address=" + LOOPBACK + ports.internal());
    }

    private static List<String> adapter(
            Path bin, Path kubeconfig, Path certificates, Ports ports, ControlPlane controlPlane) {
        return List.of(
                bin.resolve("keda-adapter").toString(),
                "--kubeconfig=" + kubeconfig,
                "--lister-kubeconfig=" + kubeconfig,
                "--authentication-kubeconfig=" + kubeconfig,
                "--authorization-kubeconfig=" + kubeconfig,
                "--secure-port=" + ports.adapter(),
                "--bind-address=127.0.0.1",
                "--tls-cert-file=" + certificates.resolve("tls.crt"),
                "--tls-private-key-file=" + certificates.resolve("tls.key"),
                "--cert-dir=" + certificates,
                "--client-ca-file=" + certificates.resolve("ca.crt"),
                "--requestheader-client-ca-file=" + controlPlane.frontProxy().certificate(),
                "--requestheader-allowed-names=front-proxy-client",
                "--metrics-service-address=" + LOOPBACK + ports.internal(),
                "--metrics-service-grpc-authority=" + OPERATOR_HOST,
                "--port=" + ControlPlane.freePort());
    }

    /// The operator's process, for faults.
    public Program operator() {
        return operator;
    }

    @Override
    public void close() {
        ExternalMetrics.unregister(client, NAMESPACE, ADAPTER_SERVICE);
        adapter.close();
        operator.close();
    }
}
