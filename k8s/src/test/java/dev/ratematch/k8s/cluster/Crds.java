package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Installs CustomResourceDefinitions and waits until their objects can be created.
public final class Crds {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Crds() {}

    /// Installs one from its YAML, in place of an older one.
    public static void install(KubernetesClient client, String yaml) {
        var resource = client.apiextensions().v1().customResourceDefinitions();
        var crd =
                client.getKubernetesSerialization().unmarshal(yaml, CustomResourceDefinition.class);
        // Server-side, since a large schema does not fit into kubectl's annotation.
        var _ =
                resource.resource(crd)
                        .patch(
                                new PatchContext.Builder()
                                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                        .withFieldManager("ratematch-test")
                                        .withForce(true)
                                        .build());
        String name = crd.getMetadata().getName();
        Await.until(
                LIMIT,
                name + " is established",
                () ->
                        resource.withName(name).get().getStatus().getConditions().stream()
                                .anyMatch(
                                        c ->
                                                c.getType().equals("Established")
                                                        && c.getStatus().equals("True")));
    }

    /// Installs all of a folder.
    static void installAll(KubernetesClient client, Path folder) {
        try (var files = Files.list(folder)) {
            for (var file : files.sorted().toList()) {
                install(client, Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the CRDs of " + folder, e);
        }
    }
}
