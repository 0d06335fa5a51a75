package dev.ratematch.k8s.emit;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.sizing.Numbers;
import dev.ratematch.sizing.launch.FlagCatalogue;
import dev.ratematch.sizing.launch.Place;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.Pool;
import dev.ratematch.sizing.launch.ServingEngine;
import dev.ratematch.sizing.launch.Started;
import java.util.Map;
import java.util.TreeMap;

/// A planned fleet under a name, on its way to one target.
///
/// @param fleet what is planned
/// @param target what it is emitted for
/// @param engine that runs it
/// @param name of the service, which all objects begin with
record Deployable(PlannedFleet fleet, EmitTarget target, ServingEngine engine, String name) {

    /// Label that says which service a pod is of.
    static final String NAME = "app.kubernetes.io/name";

    /// Label that says which pool of it.
    static final String COMPONENT = "app.kubernetes.io/component";

    /// Label that routers find the pods of a role by. Not part of any selector of a workload, so
    /// that the operator can take it off a pod to send it no new requests.
    static final String ROLE = "ratematch.dev/role";

    /// Labels of llm-d: the role that its router reads, and what makes a pod a member of its pool.
    static final String LLM_D_ROLE = "llm-d.ai/role";

    static final String LLM_D_MEMBER = "llm-d.ai/inference-serving";

    /// Port of the engine behind the routing proxy that llm-d puts before decode.
    static final int LLM_D_DECODE_PORT = 8200;

    /// The workload of a pool. Its shape is part of the name where the role has several.
    String workload(Pool pool) {
        return name + "-" + component(pool);
    }

    /// The pool's own part of that name.
    String component(Pool pool) {
        boolean alone = fleet.pools(pool.role()).size() == 1;
        return alone ? pool.role().label() : pool.role().label() + "-" + pool.parallelism().text();
    }

    /// The router's workload and Service.
    String router() {
        return name + "-router";
    }

    /// Labels that select the pods of a pool, and nothing else's.
    Map<String, String> selector(Pool pool) {
        return new TreeMap<>(Map.of(NAME, name, COMPONENT, component(pool)));
    }

    /// All labels of the pods that answer requests.
    Map<String, String> labels(Pool pool) {
        var labels = new TreeMap<>(selector(pool));
        if (target == EmitTarget.LLM_D) {
            labels.put(LLM_D_MEMBER, "true");
            labels.put(LLM_D_ROLE, pool.role().label());
        } else {
            labels.put(ROLE, pool.role().label());
        }
        return labels;
    }

    /// How a replica is started.
    Started started(Pool pool) {
        boolean behindProxy = target == EmitTarget.LLM_D && pool.role() == Role.DECODE;
        int port = behindProxy ? LLM_D_DECODE_PORT : ServingEngine.PORT;
        return target == EmitTarget.DYNAMO
                ? engine.component(fleet, pool)
                : engine.serve(fleet, pool, new Place(port, router() + ":" + ServingEngine.PORT));
    }

    /// Version of a product whose flags the catalogue has.
    static String version(String program) {
        return FlagCatalogue.shipped().named(program).version();
    }

    /// Image of the engine by itself.
    String image() {
        return switch (engine) {
            case VLLM -> "vllm/vllm-openai:v" + version("vllm serve");
            case SGLANG -> "lmsysorg/sglang:v" + version("python3 -m sglang.launch_server");
            case TRTLLM -> "nvcr.io/nvidia/tensorrt-llm/release:" + version("trtllm-serve serve");
        };
    }

    /// Image of the engine in Dynamo.
    String dynamoImage() {
        String runtime =
                switch (engine) {
                    case VLLM -> "vllm-runtime";
                    case SGLANG -> "sglang-runtime";
                    case TRTLLM -> "tensorrtllm-runtime";
                };
        return "nvcr.io/nvidia/ai-dynamo/%s:%s"
                .formatted(runtime, version("python3 -m dynamo.frontend"));
    }

    /// What a pool is, for people.
    String said(Pool pool) {
        return "%s: %d x %s, %s each"
                .formatted(
                        pool.role().label(),
                        pool.replicas(),
                        pool.parallelism().text(),
                        Numbers.gpus(pool.gpus()));
    }
}
