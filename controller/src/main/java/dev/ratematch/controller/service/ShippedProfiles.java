package dev.ratematch.controller.service;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelProfile;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.kernel.ProfileCodec;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.residual.ServingResidual;
import dev.ratematch.costmodel.residual.Traits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/// The kernel profiles that come with Ratematch, read once each.
///
/// Measured are B200, GB200 and B300. GB300 takes the kernels of B300, H100 and H200 those of B200,
/// each against its own roofline.
public final class ShippedProfiles {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Kernels> READ = new ConcurrentHashMap<>();
    private static final Map<String, KernelProfile> PROFILES = new ConcurrentHashMap<>();

    private ShippedProfiles() {}

    /// The kernels of an accelerator.
    public static Kernels kernels(Accelerator accelerator) {
        return READ.computeIfAbsent(accelerator.name(), name -> new Kernels(profile(accelerator)));
    }

    /// The profile behind them.
    public static KernelProfile profile(Accelerator accelerator) {
        String measured =
                switch (accelerator.name()) {
                    case "gb200" -> "gb200";
                    case "b300", "gb300" -> "b300";
                    default -> "b200";
                };
        KernelProfile profile = read(measured);
        return accelerator.equals(Accelerators.named(measured))
                ? profile
                : profile.transferred(accelerator);
    }

    /// What engines add to their kernels, learnt from public measurements.
    public static ServingResidual residual() {
        return Residual.SHIPPED;
    }

    /// An engine with what is known of it: factors of its steps on its kernels, and the floor of a
    /// prefill iteration. Dynamo runs TensorRT-LLM workers unless told otherwise.
    public static Engine engine(
            String name, ModelSpec model, Precision precision, Accelerator accelerator) {
        String runs = name.equals("dynamo") ? "trtllm" : name;
        var traits = Traits.of(runs, model, precision.name(), accelerator, "any");
        return residual().steps().on(Engine.bare(runs), traits);
    }

    /// Read when first asked for.
    private static final class Residual {

        static final ServingResidual SHIPPED =
                ServingResidual.of(tree(ServingResidual.class, "serving.json.gz"));
    }

    /// The files that figures rest on, each with the beginning of its SHA-256, so that two builds
    /// that answer differently can be told apart.
    public static Map<String, String> fingerprints() {
        var all = new LinkedHashMap<String, String>();
        for (String name : List.of("b200", "b300", "gb200")) {
            all.put(name, fingerprint(KernelProfile.class, name + ".json.gz"));
        }
        all.put("serving", fingerprint(ServingResidual.class, "serving.json.gz"));
        return all;
    }

    private static String fingerprint(Class<?> neighbour, String resource) {
        try (InputStream in = open(neighbour, resource)) {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
            return HexFormat.of().formatHex(sum, 0, 4);
        } catch (IOException e) {
            throw new UncheckedIOException("Resource %s cannot be read.".formatted(resource), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static InputStream open(Class<?> neighbour, String resource) {
        InputStream in = neighbour.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("Resource %s is missing.".formatted(resource));
        }
        return in;
    }

    private static KernelProfile read(String name) {
        return PROFILES.computeIfAbsent(
                name, n -> ProfileCodec.profile(tree(KernelProfile.class, n + ".json.gz")));
    }

    private static Map<String, Object> tree(Class<?> neighbour, String resource) {
        try (InputStream in = open(neighbour, resource)) {
            return JSON.readValue(
                    new GZIPInputStream(in), new TypeReference<Map<String, Object>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException("Resource %s cannot be read.".formatted(resource), e);
        }
    }
}
