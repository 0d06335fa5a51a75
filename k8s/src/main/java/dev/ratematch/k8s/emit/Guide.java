package dev.ratematch.k8s.emit;

import dev.ratematch.sizing.launch.FlagCatalogue;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.ServingEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The README of an emitted folder.
final class Guide {

    private static final Pattern IMAGE = Pattern.compile("image: \"?([^\"\\s]+)");

    private Guide() {}

    /// The text.
    ///
    /// @param withoutMatcher why there is no RateMatcher; empty where there is one
    static String text(Deployable it, List<EmittedFile> files, Optional<String> withoutMatcher) {
        var fleet = it.fleet();
        var text = new StringBuilder();
        text.append("# %s on %s%n%n".formatted(it.name(), it.target().label()));
        text.append(
                String.format(
                        Locale.ROOT,
                        "%s on %s with %s, %s weights, %s KV, for prompts of %.0f tokens and answers of %.0f,"
                                + " TTFT %s, ITL %s, on at most %d GPUs. %s (%.2f where every engine"
                                + " is full).%n%n",
                        fleet.checkpoint(),
                        fleet.accelerator().name(),
                        it.engine().title(),
                        PlannedFleet.spelled(fleet.precision()),
                        PlannedFleet.spelled(fleet.kv()),
                        fleet.load().inputTokens(),
                        fleet.load().outputTokens(),
                        Matchers.time(fleet.ttftSeconds()),
                        Matchers.time(fleet.itlSeconds()),
                        fleet.budgetGpus(),
                        kept(fleet),
                        fleet.requestsPerSecond()));
        fleet.pools().forEach(pool -> text.append("- %s%n".formatted(it.said(pool))));
        text.append("%n| file | what it is |%n|---|---|%n".formatted());
        for (var file : files) {
            text.append("| %s | %s |%n".formatted(file.path(), what(it, file.path())));
        }
        text.append("%n```%n%s%n```%n".formatted(String.join("\n", apply(it, files))));
        var notes = notes(it, files, withoutMatcher);
        if (!notes.isEmpty()) {
            text.append("%nBefore you do:%n%n".formatted());
            notes.forEach(note -> text.append("- %s%n".formatted(note)));
        }
        text.append(
                "%nFlags as of %s, read %s.%n"
                        .formatted(versions(it), FlagCatalogue.shipped().read()));
        return text.toString();
    }

    private static String kept(PlannedFleet fleet) {
        return fleet.keptRequestsPerSecond() > 0
                ? String.format(
                        Locale.ROOT,
                        "%.2f requests/s meet both targets with queueing",
                        fleet.keptRequestsPerSecond())
                : "With queueing, no load meets both targets";
    }

    private static String what(Deployable it, String path) {
        if (path.startsWith("launch/")) {
            return path.endsWith(".sh")
                    ? "command for one replica, for machines without Kubernetes"
                    : "its configuration";
        }
        return switch (path) {
            case "prefill.yaml", "decode.yaml" -> "the replicas of that pool";
            case "router.yaml" -> "the router of both pools, and its Service";
            case "router.values.yaml" -> "values of llm-d's router chart";
            case "dynamo.yaml" -> "frontend and both pools as one DynamoGraphDeployment";
            case "ratematcher.yaml" ->
                    "keeps the two pools in balance by the plan's own numbers; mode Recommend";
            case "podmonitor.yaml" -> "lets Prometheus scrape the pools";
            case "load-test.yaml" ->
                    (it.fleet().keptRequestsPerSecond() > 0
                                    ? "load test with the planned lengths at the rate "
                                            + "that meets both targets, for ten minutes, against "
                                    : "load test with the planned lengths, one request "
                                            + "after the other, against ")
                            + LoadTests.address(it);
            default -> "";
        };
    }

    private static List<String> apply(Deployable it, List<EmittedFile> files) {
        var lines = new ArrayList<String>();
        if (it.target() == EmitTarget.LLM_D) {
            lines.add(
                    "helm install %s ROUTER_CHART -f router.values.yaml   # of llm-d, standalone"
                            .formatted(it.name()));
        }
        for (String path :
                List.of(
                        "prefill.yaml",
                        "decode.yaml",
                        "router.yaml",
                        "dynamo.yaml",
                        "ratematcher.yaml",
                        "podmonitor.yaml",
                        "load-test.yaml")) {
            if (files.stream().anyMatch(file -> file.path().equals(path))) {
                String said =
                        switch (path) {
                            case "podmonitor.yaml" -> "   # with the Prometheus operator";
                            case "load-test.yaml" -> "   # once all replicas are ready";
                            default -> "";
                        };
                lines.add("kubectl apply -f " + path + said);
            }
        }
        return lines;
    }

    /// Names of images follow the version whose flags are used. Nobody has pulled them.
    private static String images(Deployable it, List<EmittedFile> files) {
        var names = new TreeSet<String>();
        for (var file : files) {
            IMAGE.matcher(file.text()).results().forEach(found -> names.add(found.group(1)));
        }
        String router =
                it.engine() == ServingEngine.SGLANG && it.target() != EmitTarget.DYNAMO
                        ? " The router is started from the image of the engine, which has to have"
                                + " `sglang_router` in it."
                        : "";
        return ("Images were not checked to exist: %s.%s Replace them with the ones that you "
                        + "use.")
                .formatted(
                        String.join(", ", names.stream().map("`%s`"::formatted).toList()), router);
    }

    private static List<String> notes(
            Deployable it, List<EmittedFile> files, Optional<String> withoutMatcher) {
        var fleet = it.fleet();
        var notes = new ArrayList<>(fleet.notes());
        withoutMatcher.ifPresent(
                why -> notes.add("No RateMatcher was written: %s.".formatted(why)));
        if (it.target() == EmitTarget.RATEMATCHER) {
            notes.add(
                    "The targets `%s` and `%s` must exist."
                            .formatted(
                                    it.workload(fleet.prefill().getFirst()),
                                    it.workload(fleet.decode().getFirst())));
            return notes;
        }
        notes.add(images(it, files));
        notes.add(
                "Gated weights need a Secret `hf-token` with the key `HF_TOKEN`. "
                        + "Weights are downloaded into the pod; to keep them, use your own volume "
                        + "for `models`.");
        notes.add(
                "The KV cache is transferred over the pods' network. Request your RDMA "
                        + "devices, such as `rdma/ib`, in prefill and decode; otherwise the KV "
                        + "bandwidth of the plan is not reached.");
        if (it.target() == EmitTarget.DYNAMO) {
            notes.add(
                    "The Ratematch operator scales Dynamo's adapters only if its chart "
                            + "has `extraTargets: [{apiGroup: nvidia.com, resource: "
                            + "dynamographdeploymentscalingadapters}]`.");
        }
        boolean wide =
                fleet.pools().stream()
                        .anyMatch(pool -> pool.hosts(fleet.accelerator().hostGpus()) > 1);
        if (wide && fleet.accelerator().nvlinkGpus() > fleet.accelerator().hostGpus()) {
            notes.add(
                    "A replica spans hosts of one NVLink domain: keep its pods in one, and give them"
                            + " a channel of a ComputeDomain (NVIDIA's DRA driver), or they talk"
                            + " over the network.");
        }
        return notes;
    }

    private static String versions(Deployable it) {
        String engine =
                switch (it.engine()) {
                    case VLLM -> "vllm serve";
                    case SGLANG -> "python3 -m sglang.launch_server";
                    case TRTLLM -> "trtllm-serve serve";
                };
        String versions = it.engine().title() + " " + Deployable.version(engine);
        return it.target() == EmitTarget.DYNAMO
                ? "Dynamo %s and %s"
                        .formatted(Deployable.version("python3 -m dynamo.frontend"), versions)
                : versions;
    }
}
