package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Dialect;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is read instead of a fact that a pod does not tell, and what goes without it.
///
/// @param frontend facts that a frontend tells
/// @param decode facts that a decode pod tells
record StandIns(Set<Fact> frontend, Set<Fact> decode) {

    private static final Map<Fact, List<Fact>> AT_FRONTEND =
            Map.of(
                    Fact.INPUT_TOKENS, List.of(Fact.INPUT_TOKENS),
                    Fact.PREFIX_HITS, List.of(Fact.PREFIX_HITS),
                    Fact.FIRST_TOKEN, List.of(Fact.TTFT),
                    Fact.FINISHED, List.of(Fact.FINISHED, Fact.STARTED),
                    Fact.OUTPUT_TOKENS, List.of(Fact.OUTPUT_TOKENS),
                    Fact.ITL, List.of(Fact.ITL),
                    Fact.KV_CAPACITY, List.of(Fact.KV_CAPACITY, Fact.KV_BLOCK_TOKENS));

    private static final Map<Fact, String> COST =
            Map.of(
                    Fact.RUNNING,
                            "how busy the pool is stays unknown, and decode steps are not learnt",
                    Fact.WAITING,
                            "a queue in the engine is only seen through TTFT, and no "
                                    + "backlog is planned for",
                    Fact.INPUT_TOKENS, "without lengths there is no recommendation",
                    Fact.FIRST_TOKEN, "TTFT is not compared with its target",
                    Fact.PREFIX_HITS, "every prompt is planned as if none of it were cached",
                    Fact.FINISHED, "answers in progress cannot be told from finished ones",
                    Fact.OUTPUT_TOKENS, "without lengths there is no recommendation",
                    Fact.ITL,
                            "ITL is not compared with its target, and decode steps are "
                                    + "not learnt",
                    Fact.KV_USED, "a full KV cache is not seen before requests wait for it",
                    Fact.KV_CAPACITY, "the size of the KV cache is the model's estimate");

    /// What the pods tell beside each other.
    static StandIns among(List<Patient> patients) {
        return new StandIns(told(patients, Source.FRONTEND), told(patients, Source.DECODE));
    }

    private static Set<Fact> told(List<Patient> patients, Source source) {
        var told = EnumSet.noneOf(Fact.class);
        for (var patient : patients) {
            if (patient.source() == source && patient.answer().scrape() != null) {
                var life = Doctor.life(patient, source);
                for (var fact : Fact.values()) {
                    if (!(Doctor.reading(life, fact) instanceof Reading.Unknown)) {
                        told.add(fact);
                    }
                }
            }
        }
        return told;
    }

    /// What is read instead of a fact; empty where nothing is.
    Optional<String> of(Source source, Fact fact) {
        if (source == Source.PREFILL && fact == Fact.FIRST_TOKEN && decode.contains(Fact.TTFT)) {
            return Optional.of("TTFT is read from decode, which counts from arrival");
        }
        if (source == Source.DECODE && fact == Fact.KV_CAPACITY) {
            return frontend.contains(Fact.KV_CAPACITY)
                    ? Optional.of("the frontend's figure of one worker is read instead")
                    : Optional.empty();
        }
        return AT_FRONTEND.getOrDefault(fact, List.of()).stream().anyMatch(frontend::contains)
                ? Optional.of("the frontend's are read instead")
                : Optional.empty();
    }

    /// What a missing fact costs where nothing is read instead.
    static String cost(Fact fact) {
        return COST.getOrDefault(fact, "it stays unknown");
    }

    /// What brings the metrics of a pod's engine.
    static String remedy(List<Dialect> spoken) {
        boolean engine = spoken.stream().anyMatch(d -> d.kind() == Dialect.Kind.ENGINE);
        boolean wrapped = spoken.stream().anyMatch(d -> d.kind() == Dialect.Kind.WRAPPER);
        if (wrapped) {
            return "let the worker pass its engine's metrics on: vLLM does unless it is started with"
                    + " --disable-log-stats, SGLang with --enable-metrics, TensorRT-LLM with"
                    + " --publish-events-and-metrics; mockers have none";
        }
        return engine
                ? "a frontend that does (Dynamo, llm-d) would make this exact; see docs/telemetry.md"
                : "scrape the engine's own port";
    }
}
