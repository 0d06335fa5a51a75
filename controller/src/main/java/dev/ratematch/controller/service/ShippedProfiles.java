package dev.ratematch.controller.service;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelProfile;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.kernel.ProfileCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

    private ShippedProfiles() {}

    /// The kernels of an accelerator.
    public static Kernels kernels(Accelerator accelerator) {
        return READ.computeIfAbsent(accelerator.name(), name -> new Kernels(profile(accelerator)));
    }

    private static KernelProfile profile(Accelerator accelerator) {
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

    private static KernelProfile read(String name) {
        String resource = name + ".json.gz";
        try (InputStream in = KernelProfile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("Resource %s is missing.".formatted(resource));
            }
            return ProfileCodec.profile(
                    JSON.readValue(
                            new GZIPInputStream(in), new TypeReference<Map<String, Object>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException("Resource %s cannot be read.".formatted(resource), e);
        }
    }
}
