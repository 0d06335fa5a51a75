package dev.ratematch.cli.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.calibrate.Measurements;
import dev.ratematch.costmodel.calibrate.ServingAccuracy;
import dev.ratematch.costmodel.calibrate.ServingObservations;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelProfile;
import dev.ratematch.costmodel.kernel.KernelProfile.Provenance;
import dev.ratematch.costmodel.kernel.ProfileCodec;
import dev.ratematch.sizing.table.CsvFile;
import dev.ratematch.sizing.table.CsvFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Fits kernel surfaces to measurements.
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        description = {
            "Fits the cost model to measurements.",
            "--kernels fits one smooth surface per kernel (logarithm of latency over launch "
                    + "floor and roofline) and prints rows, kernels and residuals per family.",
            "--serving fits what engines add to their kernels, from whole deployments, and "
                    + "prints errors from cross-validation over configurations."
        },
        footer = {
            "",
            "Examples:",
            "  ratematch calibrate --kernels silicon --system b200_sxm --out b200.json.gz",
            "  ratematch calibrate --serving silicon_e2e.csv.gz --out serving.json.gz"
        })
public final class CalibrateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--kernels",
            paramLabel = "DIR",
            description = "Folder with measured kernel launches: gemm.csv.gz, moe.csv.gz, ...")
    private @Nullable Path kernels;

    @Option(
            names = "--serving",
            paramLabel = "FILE",
            description =
                    "Fit what engines add to their kernels instead, from measured "
                            + "deployments (columns of predict, plus ttft_ms and tpot_ms), and "
                            + "cross-validate it.")
    private @Nullable String serving;

    @Option(
            names = "--system",
            paramLabel = "NAME",
            description = "With --kernels: system as named in the files, for example b200_sxm.")
    private @Nullable String system;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = "trtllm",
            description =
                    "With --kernels: engine that the kernels belong to. Default: "
                            + "${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String engine;

    @Option(
            names = "--source",
            paramLabel = "TEXT",
            defaultValue =
                    "ai-dynamo/aiconfigurator, commit 095f58a51c4ca8e61b66ec108d86f223f8d559ce",
            description = "Where the measurements come from. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String source;

    @Option(
            names = "--licence",
            paramLabel = "TEXT",
            defaultValue = "Apache-2.0",
            description = "Licence of the measurements. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String licence;

    @Option(
            names = "--attribution",
            paramLabel = "TEXT",
            defaultValue = "Copyright (c) 2025-2026 NVIDIA CORPORATION & AFFILIATES",
            description = "Copyright notice of the measurements. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String attribution;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "Profile to write, as JSON; compressed if the name ends in .gz.")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Override
    public Integer call() throws IOException {
        try {
            if (serving != null && kernels == null) {
                write(calibrateServing(serving));
            } else if (kernels != null && serving == null) {
                if (system == null) {
                    throw new IllegalArgumentException(
                            "--system is missing: name one of the system column, for example"
                                    + " b200_sxm.");
                }
                write(calibrateKernels(kernels, system));
            } else {
                throw new IllegalArgumentException(
                        "Give either --kernels DIR (and --system) or --serving FILE.");
            }
            return 0;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, Object> calibrateKernels(Path folder, String name) throws IOException {
        var accelerator = Accelerators.named(name);
        var samples =
                new Measurements(folder.toString(), new CsvFolder(folder)::find).kernels(name);
        if (samples.values().stream().allMatch(List::isEmpty)) {
            throw new IllegalArgumentException(
                    "--system (%s) has no rows in %s.".formatted(name, folder));
        }
        var profile =
                KernelProfile.fit(
                        accelerator, new Provenance(engine, source, licence, attribution), samples);
        var text = spec.commandLine().getOut();
        text.printf("%-22s %9s %9s %9s %9s%n", "family", "rows", "kernels", "median, %", "p90, %");
        profile.families()
                .forEach(
                        (family, fitted) ->
                                text.printf(
                                        Locale.ROOT,
                                        "%-22s %9d %9d %9.2f %9.2f%n",
                                        family.name(),
                                        fitted.residual().rows(),
                                        fitted.surfaces().size(),
                                        100 * fitted.residual().median(),
                                        100 * fitted.residual().p90()));
        return ProfileCodec.tree(profile);
    }

    private Map<String, Object> calibrateServing(String file) throws IOException {
        var observations = ServingObservations.of(CsvFile.read(file), ShippedProfiles::kernels);
        if (observations.rows().isEmpty()) {
            throw new IllegalArgumentException(
                    "--serving (%s) has no row that the model can answer: %s"
                            .formatted(file, observations.refused().keySet()));
        }
        var text = spec.commandLine().getOut();
        text.print(ServingAccuracy.text(observations));
        text.flush();
        return ServingObservations.fit(
                        observations.rows(), "%s; %s; %s".formatted(source, licence, attribution))
                .tree();
    }

    private void write(Map<String, Object> tree) throws IOException {
        try (OutputStream file = open(out)) {
            new ObjectMapper().writeValue(file, tree);
        }
        var text = spec.commandLine().getOut();
        text.printf("%s: %d bytes%n", out, Files.size(out));
        text.flush();
    }

    private static OutputStream open(Path out) throws IOException {
        var file = Files.newOutputStream(out);
        return out.toString().endsWith(".gz") ? new GZIPOutputStream(file) : file;
    }
}
