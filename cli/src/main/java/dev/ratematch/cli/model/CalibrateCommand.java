package dev.ratematch.cli.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelProfile;
import dev.ratematch.costmodel.kernel.KernelProfile.Provenance;
import dev.ratematch.costmodel.kernel.ProfileCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Fits kernel surfaces to measurements.
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        description = {
            "Fits a kernel profile to measured kernels: one smooth surface a kernel, of the logarithm"
                    + " of latency over a launch floor and the roofline.",
            "Prints rows, kernels and residuals a family."
        })
public final class CalibrateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--kernels",
            paramLabel = "DIR",
            required = true,
            description = "folder with gemm.csv.gz, moe.csv.gz, ...: measured launches")
    @SuppressWarnings("NullAway.Init")
    private Path kernels;

    @Option(
            names = "--system",
            paramLabel = "NAME",
            required = true,
            description = "system as the files name it, for example b200_sxm")
    @SuppressWarnings("NullAway.Init")
    private String system;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = "trtllm",
            description = "engine whose kernels these are; default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String engine;

    @Option(
            names = "--source",
            paramLabel = "TEXT",
            defaultValue =
                    "ai-dynamo/aiconfigurator, commit 095f58a51c4ca8e61b66ec108d86f223f8d559ce",
            description = "where the measurements come from; default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String source;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "profile to write, JSON; compressed when the name ends in .gz")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Override
    public Integer call() throws IOException {
        var accelerator = Accelerators.named(system);
        var samples = KernelFiles.read(kernels, system);
        var profile =
                KernelProfile.fit(
                        accelerator,
                        new Provenance(
                                engine,
                                source,
                                "Apache-2.0",
                                "Copyright (c) 2025-2026 NVIDIA CORPORATION & AFFILIATES"),
                        samples);
        var text = spec.commandLine().getOut();
        text.printf("%-22s %9s %9s %9s %9s%n", "family", "rows", "kernels", "median, %", "p90, %");
        profile.families()
                .forEach(
                        (name, family) ->
                                text.printf(
                                        Locale.ROOT,
                                        "%-22s %9d %9d %9.2f %9.2f%n",
                                        name,
                                        family.residual().rows(),
                                        family.surfaces().size(),
                                        100 * family.residual().median(),
                                        100 * family.residual().p90()));
        try (OutputStream file = open(out)) {
            new ObjectMapper().writeValue(file, ProfileCodec.tree(profile));
        }
        text.printf("%s: %d bytes%n", out, Files.size(out));
        text.flush();
        return 0;
    }

    private static OutputStream open(Path out) throws IOException {
        var file = Files.newOutputStream(out);
        return out.toString().endsWith(".gz") ? new GZIPOutputStream(file) : file;
    }
}
