package dev.ratematch.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// The real LeaderWorkerSet controller with its CRD and its webhooks, without which it does not
/// work: defaults and labels come from them.
public final class LeaderWorkerSets implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME = "lws";

    private final KubernetesClient client;
    private final Program program;

    private LeaderWorkerSets(KubernetesClient client, Program program) {
        this.client = client;
        this.program = program;
    }

    /// Starts it, and waits until LeaderWorkerSets can be created.
    public static LeaderWorkerSets start(ControlPlane controlPlane) {
        var bin = Binaries.folder("lws");
        var client = controlPlane.client();
        Crds.installAll(client, bin.resolve("crds"));
        int webhookPort = ControlPlane.freePort();
        int healthPort = ControlPlane.freePort();
        var certificates = certificates(controlPlane, NAME, ControlPlane.names());
        var config =
                write(
                        controlPlane.folder().resolve("lws.yaml"),
                        config(webhookPort, healthPort, certificates));
        var kubeconfig =
                controlPlane.kubeconfig(
                        NAME, controlPlane.user("lws-controller-manager", "system:masters"));
        var program =
                Program.start(
                        "lws-manager",
                        controlPlane.folder(),
                        Map.of(),
                        List.of(
                                bin.resolve("lws-manager").toString(),
                                "--config=" + config,
                                "--kubeconfig=" + kubeconfig));
        var sets = new LeaderWorkerSets(client, program);
        try {
            var http =
                    HttpClient.newBuilder().sslContext(controlPlane.authority().trusting()).build();
            var _ =
                    program.awaitReady(
                            LIMIT,
                            () ->
                                    answers(
                                                    http,
                                                    "http://127.0.0.1:%d/readyz"
                                                            .formatted(healthPort),
                                                    200)
                                            // The webhooks know no such page, but they are there.
                                            && answers(
                                                    http,
                                                    "https://127.0.0.1:%d/".formatted(webhookPort),
                                                    404));
            String url = "https://127.0.0.1:" + webhookPort;
            String authority =
                    Base64.getEncoder()
                            .encodeToString(
                                    read(controlPlane.authority().certificate()).getBytes(UTF_8));
            sets.register("Mutating", "mutate", url, authority);
            sets.register("Validating", "validate", url, authority);
            return sets;
        } catch (AssertionError | RuntimeException e) {
            sets.close();
            throw e;
        }
    }

    /// The controller's process, for faults.
    public Program program() {
        return program;
    }

    @Override
    public void close() {
        var _ =
                client.admissionRegistration()
                        .v1()
                        .mutatingWebhookConfigurations()
                        .withName(NAME)
                        .delete();
        var _ =
                client.admissionRegistration()
                        .v1()
                        .validatingWebhookConfigurations()
                        .withName(NAME)
                        .delete();
        program.close();
    }

    /// As in the configuration that it ships, but by address, and for its own pods only.
    private void register(String kind, String verb, String url, String authority) {
        String webhooks =
                """
                apiVersion: admissionregistration.k8s.io/v1
                kind: %1$sWebhookConfiguration
                metadata: {name: lws}
                webhooks:
                - name: sets.lws.test
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  clientConfig:
                    url: %2$s/%3$s-leaderworkerset-x-k8s-io-v1-leaderworkerset
                    caBundle: %4$s
                  rules:
                  - apiGroups: [leaderworkerset.x-k8s.io]
                    apiVersions: [v1]
                    operations: [CREATE, UPDATE]
                    resources: [leaderworkersets]
                - name: pods.lws.test
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  clientConfig:
                    url: %2$s/%3$s--v1-pod
                    caBundle: %4$s
                  rules:
                  - apiGroups: [""]
                    apiVersions: [v1]
                    operations: [CREATE]
                    resources: [pods]
                  objectSelector:
                    matchExpressions:
                    - {key: leaderworkerset.sigs.k8s.io/name, operator: Exists}
                """
                        .formatted(kind, url, verb, authority);
        var _ = client.load(new ByteArrayInputStream(webhooks.getBytes(UTF_8))).create();
    }

    private static String config(int webhookPort, int healthPort, Path certificates) {
        return """
        apiVersion: config.lws.x-k8s.io/v1alpha1
        kind: Configuration
        leaderElection: {leaderElect: false}
        internalCertManagement: {enable: false}
        metrics: {bindAddress: "0"}
        health: {healthProbeBindAddress: "127.0.0.1:%d"}
        webhook: {host: 127.0.0.1, port: %d, certDir: '%s'}
        """
                .formatted(healthPort, webhookPort, certificates);
    }

    /// A folder with `tls.crt`, `tls.key` and `ca.crt`, as controllers expect it.
    static Path certificates(ControlPlane controlPlane, String name, List<String> alternatives) {
        var pair = controlPlane.authority().issue(name, "/CN=" + name, alternatives);
        try {
            var folder =
                    Files.createDirectories(controlPlane.folder().resolve(name + "-certificates"));
            Files.copy(pair.certificate(), folder.resolve("tls.crt"));
            Files.copy(pair.key(), folder.resolve("tls.key"));
            Files.copy(controlPlane.authority().certificate(), folder.resolve("ca.crt"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lay out the certificates of " + name, e);
        }
    }

    static boolean answers(HttpClient http, String url, int code)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == code;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
