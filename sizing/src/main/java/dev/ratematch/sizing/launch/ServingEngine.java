package dev.ratematch.sizing.launch;

import java.util.Locale;

/// The engines that a planned fleet can be started with.
public enum ServingEngine {
    VLLM("vLLM", "/metrics") {
        @Override
        public Started serve(PlannedFleet fleet, Pool pool, Place place) {
            return Vllm.serve(fleet, pool, place);
        }

        @Override
        public Started component(PlannedFleet fleet, Pool pool) {
            return Vllm.component(fleet, pool);
        }
    },
    SGLANG("SGLang", "/metrics") {
        @Override
        public Started serve(PlannedFleet fleet, Pool pool, Place place) {
            return Sglang.serve(fleet, pool, place);
        }

        @Override
        public Started component(PlannedFleet fleet, Pool pool) {
            return Sglang.component(fleet, pool);
        }
    },
    TRTLLM("TensorRT-LLM", "/prometheus/metrics") {
        @Override
        public Started serve(PlannedFleet fleet, Pool pool, Place place) {
            return Trtllm.serve(fleet, pool, place);
        }

        @Override
        public Started component(PlannedFleet fleet, Pool pool) {
            return Trtllm.component(fleet, pool);
        }
    };

    /// Port that a replica answers requests on, and shows its metrics on.
    public static final int PORT = 8000;

    /// Folder that an engine finds its file in.
    public static final String FILE_FOLDER = "/etc/engine";

    private final String title;
    private final String metricsPath;

    ServingEngine(String title, String metricsPath) {
        this.title = title;
        this.metricsPath = metricsPath;
    }

    /// The engine behind a name of `--engine`. Dynamo runs TensorRT-LLM where nobody says
    /// otherwise, as the cost model has it.
    public static ServingEngine named(String engine) {
        return switch (engine) {
            case "vllm" -> VLLM;
            case "sglang" -> SGLANG;
            default -> TRTLLM;
        };
    }

    /// As `--engine` and RateMatchers spell it.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Its name, for people.
    public String title() {
        return title;
    }

    /// Path of its Prometheus metrics.
    public String metricsPath() {
        return metricsPath;
    }

    /// Name of the file that replicas of a pool read.
    public static String fileOf(Pool pool) {
        return pool.role().label() + "-" + pool.parallelism().text() + ".yaml";
    }

    /// How a replica is started as a server of its own.
    public abstract Started serve(PlannedFleet fleet, Pool pool, Place place);

    /// How a replica is started as a component of Dynamo, whose operator adds what several hosts
    /// need.
    public abstract Started component(PlannedFleet fleet, Pool pool);
}
