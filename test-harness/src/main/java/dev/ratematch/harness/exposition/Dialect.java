package dev.ratematch.harness.exposition;

import dev.ratematch.costmodel.units.Names;
import dev.ratematch.harness.plant.DecodeChoice;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Whose metrics the cluster exposes: the names, labels, units and buckets of its engines, and of
/// what stands before them. What an engine does not expose in reality is not exposed here either.
///
/// @param engine what runs in the pods
/// @param frontend what takes the users' requests
public record Dialect(Engine engine, Frontend frontend) {

    /// What the judge's clusters speak: vLLM behind a frontend that counts arrivals.
    public static final Dialect DEFAULT = new Dialect(Engine.VLLM, Frontend.DYNAMO);

    /// The engine of a pod.
    public enum Engine {
        /// vLLM V1 with the NIXL connector.
        VLLM("vllm", "/metrics"),
        /// SGLang of 2026 with `--enable-metrics`.
        SGLANG("sglang", "/metrics"),
        /// trtllm-serve with `return_perf_metrics` and `enable_iter_perf_stats`.
        TRTLLM("trtllm", "/prometheus/metrics"),
        /// NVIDIA Dynamo's worker, which passes the metrics of the vLLM in it through.
        DYNAMO("dynamo", "/metrics");

        private final String label;
        private final String path;

        Engine(String label, String path) {
            this.label = label;
            this.path = path;
        }

        /// As people write it.
        public String label() {
            return label;
        }

        /// Where a pod serves its metrics.
        public String metricsPath() {
            return path;
        }
    }

    /// What counts requests as users see them.
    public enum Frontend {
        /// Nothing that has metrics.
        NONE("none"),
        /// NVIDIA Dynamo's frontend.
        DYNAMO("dynamo"),
        /// llm-d's endpoint picker.
        LLM_D("llm-d");

        private final String label;

        Frontend(String label) {
            this.label = label;
        }

        /// As people write it.
        public String label() {
            return label;
        }
    }

    /// An engine with the frontend that it is usually seen with: vLLM and SGLang without one,
    /// TensorRT-LLM behind llm-d, Dynamo's workers behind Dynamo's.
    public static Dialect of(Engine engine) {
        return new Dialect(
                engine,
                switch (engine) {
                    case VLLM, SGLANG -> Frontend.NONE;
                    case TRTLLM -> Frontend.LLM_D;
                    case DYNAMO -> Frontend.DYNAMO;
                });
    }

    /// The dialect that people ask for.
    ///
    /// @param engine its label
    /// @param frontend its label; null for the one that the engine is usually seen with
    /// @throws IllegalArgumentException naming the option that is wrong
    public static Dialect named(String engine, @Nullable String frontend) {
        var chosen = one("--engine", engine, List.of(Engine.values()), Engine::label);
        return frontend == null
                ? of(chosen)
                : new Dialect(
                        chosen,
                        one("--frontend", frontend, List.of(Frontend.values()), Frontend::label));
    }

    private static <E> E one(
            String option, String given, List<E> known, Function<E, String> label) {
        return known.stream()
                .filter(each -> label.apply(each).equals(given))
                .findFirst()
                .orElseThrow(
                        () -> Names.unknown(option, given, known.stream().map(label).toList()));
    }

    /// SGLang gives a request its decode replica at its arrival, so that this counts it from then
    /// on. Others choose one when prefill has ended.
    DecodeChoice decodeChoice() {
        return engine == Engine.SGLANG ? DecodeChoice.AT_ARRIVAL : DecodeChoice.AFTER_PREFILL;
    }
}
