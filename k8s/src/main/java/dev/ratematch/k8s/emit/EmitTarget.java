package dev.ratematch.k8s.emit;

import dev.ratematch.costmodel.units.Names;
import dev.ratematch.sizing.launch.ServingEngine;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What a plan can be emitted for.
public enum EmitTarget {
    VLLM("vllm"),
    SGLANG("sglang"),
    TRTLLM("trtllm"),
    DYNAMO("dynamo"),
    LLM_D("llm-d"),
    LWS("lws"),
    RATEMATCHER("ratematcher");

    private final String label;

    EmitTarget(String label) {
        this.label = label;
    }

    /// As `--emit` spells it; also the folder that its files are in.
    public String label() {
        return label;
    }

    /// Engines that it runs.
    public Set<ServingEngine> engines() {
        return switch (this) {
            case VLLM -> EnumSet.of(ServingEngine.VLLM);
            case SGLANG -> EnumSet.of(ServingEngine.SGLANG);
            case TRTLLM -> EnumSet.of(ServingEngine.TRTLLM);
            case LLM_D -> EnumSet.of(ServingEngine.VLLM, ServingEngine.SGLANG);
            case DYNAMO, LWS, RATEMATCHER -> EnumSet.allOf(ServingEngine.class);
        };
    }

    /// The targets of a list such as `vllm,ratematcher`, each once.
    public static List<EmitTarget> parse(String option, List<String> names) {
        var found = new ArrayList<EmitTarget>();
        for (String name : names) {
            var target =
                    Stream.of(values())
                            .filter(each -> each.label.equalsIgnoreCase(name.strip()))
                            .findAny()
                            .orElseThrow(
                                    () ->
                                            Names.unknown(
                                                    option,
                                                    name,
                                                    Stream.of(values())
                                                            .map(EmitTarget::label)
                                                            .toList()));
            if (!found.contains(target)) {
                found.add(target);
            }
        }
        return found;
    }

    /// The engine to plan with where nobody names one: that of the targets, where they leave one.
    ///
    /// @param usual where they leave several
    /// @throws IllegalArgumentException where they leave none
    public static ServingEngine engine(List<EmitTarget> targets, ServingEngine usual) {
        var left = EnumSet.allOf(ServingEngine.class);
        targets.forEach(target -> left.retainAll(target.engines()));
        if (left.isEmpty()) {
            throw new IllegalArgumentException(
                    ("--emit (%s) has targets for different engines, but a plan is for "
                                    + "one engine; emit them one at a time.")
                            .formatted(
                                    String.join(",", targets.stream().map(t -> t.label).toList())));
        }
        return left.contains(usual) ? usual : left.iterator().next();
    }

    /// Refuses an engine that this target does not run.
    void check(ServingEngine engine) {
        if (!engines().contains(engine)) {
            throw new IllegalArgumentException(
                    "--emit %2$s does not support --engine (%1$s); use --engine %3$s."
                            .formatted(
                                    engine.label(),
                                    label,
                                    String.join(
                                            " or ",
                                            engines().stream()
                                                    .map(ServingEngine::label)
                                                    .toList())));
        }
    }
}
