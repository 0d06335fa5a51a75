package dev.ratematch.controller.service;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.Switching;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.transfer.KvLink;
import org.jspecify.annotations.Nullable;

/// A service as its operator names it: model, GPU, promise and budget; what is null gets its value
/// of [Defaults]. Made by a [Builder], which names what is given and nothing else.
///
/// @param model catalogue name or Hugging Face id
/// @param gpu accelerator name
/// @param precision of the weights; default what the ending of the name states, such as `-FP8`,
///   else how the model was published
/// @param kvDtype type of the KV cache
/// @param engine serving engine
/// @param slo the promise
/// @param budgetGpus GPUs of both pools together
/// @param linkGbPerSecond KV bandwidth of one GPU's NIC, GB/s one way; default that of the GPU
/// @param linkMode how KV leaves prefill
/// @param allReduceFloorMicros least microseconds of an all-reduce over more GPUs of one NVLink
///   domain than were measured (4 on GB200 and GB300); default none, which takes the widest table
/// @param minBudgetGpus GPUs that the fleet is never shrunk below; default none
/// @param switching how replicas change their role; default they keep it
/// @param tuning options of the control law, and how fast each role may go
public record ServiceRequest(
        String model,
        String gpu,
        @Nullable String precision,
        @Nullable String kvDtype,
        @Nullable String engine,
        Slo slo,
        int budgetGpus,
        @Nullable Double linkGbPerSecond,
        KvLink.@Nullable Mode linkMode,
        @Nullable Double allReduceFloorMicros,
        PoolRequest prefill,
        PoolRequest decode,
        @Nullable Integer minBudgetGpus,
        @Nullable Switching switching,
        Tuning tuning) {

    /// A service of which only what has no default is said yet.
    public static Builder builder(String model, String gpu, Slo slo, int budgetGpus) {
        return new Builder(model, gpu, slo, budgetGpus);
    }

    /// Only what has no default.
    public static ServiceRequest of(String model, String gpu, Slo slo, int budgetGpus) {
        return builder(model, gpu, slo, budgetGpus).build();
    }

    /// The same service under another promise.
    public ServiceRequest promising(Slo other) {
        return asking(other, budgetGpus, minBudgetGpus);
    }

    /// The same service with another budget, which bounds the GPUs that it is never shrunk below.
    public ServiceRequest budgeting(int gpus) {
        return asking(slo, gpus, minBudgetGpus == null ? null : Math.min(minBudgetGpus, gpus));
    }

    private ServiceRequest asking(Slo other, int gpus, @Nullable Integer leastGpus) {
        return builder(model, gpu, other, gpus)
                .precision(precision)
                .kvDtype(kvDtype)
                .engine(engine)
                .link(linkGbPerSecond, linkMode)
                .allReduceFloorMicros(allReduceFloorMicros)
                .pools(prefill, decode)
                .switching(switching)
                .build()
                .controlled(leastGpus, tuning);
    }

    /// The same service controlled otherwise.
    public ServiceRequest controlled(@Nullable Integer leastGpus, Tuning other) {
        return new ServiceRequest(
                model,
                gpu,
                precision,
                kvDtype,
                engine,
                slo,
                budgetGpus,
                linkGbPerSecond,
                linkMode,
                allReduceFloorMicros,
                prefill,
                decode,
                leastGpus,
                switching,
                other);
    }

    /// Collects what is said of a service; null says nothing.
    public static final class Builder {
        private final String model;
        private final String gpu;
        private final Slo slo;
        private final int budgetGpus;
        private @Nullable String precision;
        private @Nullable String kvDtype;
        private @Nullable String engine;
        private @Nullable Double linkGbPerSecond;
        private KvLink.@Nullable Mode linkMode;
        private @Nullable Double allReduceFloorMicros;
        private PoolRequest prefill = PoolRequest.DEFAULTS;
        private PoolRequest decode = PoolRequest.DEFAULTS;
        private @Nullable Switching switching;

        private Builder(String model, String gpu, Slo slo, int budgetGpus) {
            this.model = model;
            this.gpu = gpu;
            this.slo = slo;
            this.budgetGpus = budgetGpus;
        }

        /// Precision of the weights.
        public Builder precision(@Nullable String value) {
            precision = value;
            return this;
        }

        /// Type of the KV cache.
        public Builder kvDtype(@Nullable String value) {
            kvDtype = value;
            return this;
        }

        /// Serving engine.
        public Builder engine(@Nullable String value) {
            engine = value;
            return this;
        }

        /// The path of KV from prefill to decode.
        ///
        /// @param gbPerSecond bandwidth of one GPU's NIC, GB/s one way
        /// @param mode how KV leaves prefill
        public Builder link(@Nullable Double gbPerSecond, KvLink.@Nullable Mode mode) {
            linkGbPerSecond = gbPerSecond;
            linkMode = mode;
            return this;
        }

        /// Least time of a wide all-reduce, microseconds.
        public Builder allReduceFloorMicros(@Nullable Double value) {
            allReduceFloorMicros = value;
            return this;
        }

        /// Both pools.
        public Builder pools(PoolRequest ofPrefill, PoolRequest ofDecode) {
            prefill = ofPrefill;
            decode = ofDecode;
            return this;
        }

        /// How replicas change their role.
        public Builder switching(@Nullable Switching value) {
            switching = value;
            return this;
        }

        /// The service as said so far.
        public ServiceRequest build() {
            return new ServiceRequest(
                    model,
                    gpu,
                    precision,
                    kvDtype,
                    engine,
                    slo,
                    budgetGpus,
                    linkGbPerSecond,
                    linkMode,
                    allReduceFloorMicros,
                    prefill,
                    decode,
                    null,
                    switching,
                    Tuning.DEFAULT);
        }
    }
}
