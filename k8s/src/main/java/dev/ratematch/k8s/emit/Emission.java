package dev.ratematch.k8s.emit;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.ServingEngine;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// From a plan to files: a pure function.
public final class Emission {

    /// Names of all objects have it as their beginning, and Services may have 63 characters.
    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?");

    private Emission() {}

    /// The files of all targets, each in a folder of its own.
    ///
    /// @param name of the service; null for that of the model
    /// @throws IllegalArgumentException where a target cannot run the plan, naming what would be
    ///   right
    public static List<EmittedFile> files(
            PlannedFleet fleet, List<EmitTarget> targets, @Nullable String name) {
        String service = name == null ? usualName(fleet.model()) : checked(name);
        var engine = ServingEngine.named(fleet.engine());
        var files = new ArrayList<EmittedFile>();
        for (var target : targets) {
            target.check(engine);
            for (var file : one(new Deployable(fleet, target, engine, service))) {
                files.add(new EmittedFile(target.label() + "/" + file.path(), file.text()));
            }
        }
        return files;
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    ("--name (%s) must be at most 40 lower-case letters, digits and dashes, a letter"
                                    + " first, such as chat.")
                            .formatted(name));
        }
        return name;
    }

    private static String usualName(String model) {
        String name = model.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String bare = name.replaceAll("^[^a-z]+|-+$", "");
        return bare.isEmpty() ? "model" : bare.substring(0, Math.min(40, bare.length()));
    }

    private static List<EmittedFile> one(Deployable it) {
        var files = new ArrayList<EmittedFile>();
        var without = Matchers.impossible(it.fleet());
        switch (it.target()) {
            case RATEMATCHER ->
                    without.ifPresent(
                            why -> {
                                throw new IllegalArgumentException(
                                        "--emit ratematcher cannot be done: %s.".formatted(why));
                            });
            case DYNAMO -> files.add(file("dynamo.yaml", pools(it), DynamoGraphs.of(it)));
            case LLM_D -> {
                files.addAll(workloads(it));
                files.add(
                        new EmittedFile(
                                "router.values.yaml",
                                Yaml.file("Values for llm-d's router chart.", LlmD.values(it))));
            }
            case VLLM, SGLANG, TRTLLM, LWS -> {
                files.addAll(workloads(it));
                files.add(file("router.yaml", "The router of both pools.", Routers.of(it)));
            }
        }
        if (without.isEmpty()) {
            files.add(
                    file(
                            "ratematcher.yaml",
                            "Keeps both pools in balance, with the numbers of the plan.",
                            List.of(Matchers.of(it))));
        }
        if (it.target() != EmitTarget.RATEMATCHER) {
            files.add(
                    file("podmonitor.yaml", "Lets Prometheus scrape both pools.", Monitors.of(it)));
            files.add(
                    file(
                            "load-test.yaml",
                            "Load test with the planned lengths, at the highest rate "
                                    + "that the plan serves with queueing.",
                            List.of(LoadTests.of(it))));
            if (it.target() != EmitTarget.DYNAMO && it.target() != EmitTarget.LLM_D) {
                files.addAll(Scripts.of(it));
            }
        }
        files.add(new EmittedFile("README.md", Guide.text(it, files, without)));
        return files;
    }

    private static List<EmittedFile> workloads(Deployable it) {
        var files = new ArrayList<EmittedFile>();
        for (Role role : Role.values()) {
            var objects = new ArrayList<HasMetadata>();
            it.fleet().pools(role).forEach(pool -> objects.addAll(Workloads.of(it, pool)));
            String said = String.join("\n", it.fleet().pools(role).stream().map(it::said).toList());
            files.add(file(role.label() + ".yaml", said, objects));
        }
        return files;
    }

    private static String pools(Deployable it) {
        return String.join("\n", it.fleet().pools().stream().map(it::said).toList());
    }

    private static EmittedFile file(
            String path, String comment, List<? extends HasMetadata> objects) {
        return new EmittedFile(path, Yaml.file(comment, objects));
    }
}
