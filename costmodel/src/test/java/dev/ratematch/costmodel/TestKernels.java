package dev.ratematch.costmodel;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelProfile;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.kernel.ProfileCodec;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/// The shipped kernel profiles, for tests.
public final class TestKernels {

    private static final Map<String, KernelProfile> READ = new ConcurrentHashMap<>();

    private TestKernels() {}

    /// Kernels of an accelerator; those of B200 stand in where it was not measured.
    public static Kernels of(Accelerator accelerator) {
        String name =
                switch (accelerator.name()) {
                    case "gb200" -> "gb200";
                    case "b300", "gb300" -> "b300";
                    default -> "b200";
                };
        var profile = READ.computeIfAbsent(name, TestKernels::read);
        return new Kernels(
                accelerator.equals(Accelerators.named(name))
                        ? profile
                        : profile.transferred(accelerator));
    }

    /// A worker with an FP8 cache on TensorRT-LLM.
    public static CompiledWorker compile(
            ModelSpec model,
            Accelerator accelerator,
            Precision precision,
            Parallelism parallelism) {
        return CompiledWorker.compile(
                of(accelerator),
                model,
                Quantization.of(precision, model, KvDtype.FP8),
                parallelism,
                Engine.TRTLLM);
    }

    /// The shipped profile of that name.
    public static KernelProfile read(String name) {
        try (var in = KernelProfile.class.getResourceAsStream(name + ".json.gz")) {
            return ProfileCodec.profile(
                    new ObjectMapper()
                            .readValue(
                                    new GZIPInputStream(Objects.requireNonNull(in)),
                                    new TypeReference<Map<String, Object>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
