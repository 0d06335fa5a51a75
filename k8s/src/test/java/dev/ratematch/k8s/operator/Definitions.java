package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The resource definitions on the control plane.
final class Definitions {

    private Definitions() {}

    /// The committed definitions, once per control plane.
    static void install(Sandbox sandbox) {
        for (String file : List.of("ratematchers.yaml", "gpupools.yaml")) {
            try (var in = Files.newInputStream(Path.of("../deploy/crds", file))) {
                var _ = sandbox.client().load(in).forceConflicts().serverSideApply();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Await.until(
                Scene.LIMIT,
                "the RateMatcher API",
                () -> sandbox.client().resources(RateMatcher.class).list() != null);
    }

    /// The definitions as they might have been before a field was required.
    static void loosen(Sandbox sandbox) {
        var _ =
                sandbox.client()
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName("ratematchers.ratematch.dev")
                        .patch(
                                PatchContext.of(PatchType.JSON),
                                """
                                [{"op": "remove", "path":
                                "/spec/versions/0/schema/openAPIV3Schema/properties/spec/required"}]
                                """);
    }
}
