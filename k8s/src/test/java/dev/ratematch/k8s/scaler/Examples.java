package dev.ratematch.k8s.scaler;

import dev.ratematch.k8s.cluster.Sandbox;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The manifests that users are given, as tests apply them.
public final class Examples {

    private static final Path FOLDER =
            Path.of(System.getProperty("ratematch.root", ".."), "deploy", "examples");

    private Examples() {}

    /// An example, in the test's namespace where it says `llm`.
    public static String read(String file, String namespace) {
        try {
            return Files.readString(FOLDER.resolve(file))
                    .replace("namespace: llm\n", "namespace: " + namespace + "\n")
                    .replace("namespace=\"llm\"", "namespace=\"" + namespace + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException("no example " + file, e);
        }
    }

    /// The Deployment that an example scales: one GPU a pod.
    public static void deployment(Sandbox sandbox, String name, int replicas) {
        create(
                sandbox,
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s}
                spec:
                  replicas: %2$d
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec:
                      terminationGracePeriodSeconds: 30
                      containers:
                      - name: engine
                        image: engine
                        resources: {limits: {nvidia.com/gpu: 1}}
                """
                        .formatted(name, replicas));
    }

    /// Creates what a manifest says.
    public static void create(Sandbox sandbox, String yaml) {
        var _ =
                sandbox.client()
                        .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                        .inNamespace(sandbox.namespace())
                        .create();
    }

    /// The replicas that a Deployment is commanded to have.
    public static int replicas(Sandbox sandbox, String name) {
        return sandbox.client()
                .apps()
                .deployments()
                .inNamespace(sandbox.namespace())
                .withName(name)
                .get()
                .getSpec()
                .getReplicas();
    }
}
