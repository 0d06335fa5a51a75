package dev.ratematch.controller.service;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.KvLink;
import dev.ratematch.controller.spec.Tuning;
import org.jspecify.annotations.Nullable;

/// A service as its operator names it: model, GPU, promise and budget; what is null gets a default.
///
/// @param model catalogue name or Hugging Face id
/// @param gpu accelerator name
/// @param precision of the weights; default `nvfp4` where the GPU computes it, else `fp8`
/// @param kvDtype type of the KV cache; default `fp8`
/// @param engine serving engine; default `vllm`
/// @param slo the promise
/// @param budgetGpus GPUs of both pools together
/// @param linkGbPerSecond KV bandwidth of one GPU's NIC, GB/s one way; default 50
/// @param linkMode how KV leaves prefill; default pull
/// @param allReduceFloorMicros least microseconds of an all-reduce over more GPUs of one NVLink
///   domain than were measured (4 on GB200 and GB300); default 0, which takes the widest table
/// @param minBudgetGpus GPUs that the fleet is never shrunk below; default 0
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
        Tuning tuning) {

    /// A service that is controlled as usual.
    public ServiceRequest(
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
            PoolRequest decode) {
        this(
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
                Tuning.DEFAULT);
    }

    /// Only what has no default.
    public static ServiceRequest of(String model, String gpu, Slo slo, int budgetGpus) {
        return new ServiceRequest(
                model,
                gpu,
                null,
                null,
                null,
                slo,
                budgetGpus,
                null,
                null,
                null,
                PoolRequest.DEFAULTS,
                PoolRequest.DEFAULTS);
    }

    /// The same service under another promise.
    public ServiceRequest promising(Slo other) {
        return new ServiceRequest(
                model,
                gpu,
                precision,
                kvDtype,
                engine,
                other,
                budgetGpus,
                linkGbPerSecond,
                linkMode,
                allReduceFloorMicros,
                prefill,
                decode,
                minBudgetGpus,
                tuning);
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
                other);
    }
}
