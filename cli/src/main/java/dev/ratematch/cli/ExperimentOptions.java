package dev.ratematch.cli;

import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.experiments.study.Asked;
import dev.ratematch.sizing.ModelFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What a study is asked of.
@SuppressWarnings("NullAway.Init")
final class ExperimentOptions {

    private static final int GPUS_MAX = 16_384;

    @Option(
            names = "--model",
            paramLabel = "NAME|FILE",
            description =
                    "Model from the catalogue, or a Hugging Face config.json. Default: "
                            + "that of the study, usually the paper's.")
    private @Nullable String model;

    @Option(
            names = "--gpu",
            paramLabel = "NAME",
            description = "GPU, such as b200. Default: that of the study.")
    private @Nullable String gpu;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "Precision of the weights. Default: that of the study, which is "
                            + "nvfp4 on GPUs that support it, else fp8.")
    private @Nullable String precision;

    @Option(
            names = "--gpus",
            paramLabel = "N",
            description = Vocabulary.GPUS + " Default: that of the study.")
    private @Nullable Integer gpus;

    @Option(
            names = "--ttft",
            converter = Seconds.Converter.class,
            paramLabel = "TIME",
            description = Vocabulary.TTFT + " Default: that of the study.")
    private @Nullable Seconds ttft;

    @Option(
            names = "--itl",
            converter = Seconds.Converter.class,
            paramLabel = "TIME",
            description = Vocabulary.ITL + " Default: that of the study.")
    private @Nullable Seconds itl;

    @Option(
            names = "--trace",
            paramLabel = "FILE|-|gen:NAME",
            description =
                    "Your own traffic, in any form that simulate accepts. Default: that of the "
                            + "study.")
    private @Nullable String trace;

    @Mixin private TraceOptions reading = new TraceOptions();

    @Option(
            names = "--traces",
            defaultValue = "../shared/traces",
            paramLabel = "DIR",
            description =
                    "Folder with recorded traces, for studies that use several. "
                            + "Default: ${DEFAULT-VALUE}.")
    private Path traces;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Random seed. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--quick",
            description =
                    "Run few points: enough to see that it works and the direction of each result.")
    private boolean quick;

    /// What was asked, checked.
    Asked asked(PrintWriter err) throws IOException {
        if (gpus != null) {
            Check.within("--gpus", gpus, 2, GPUS_MAX);
        }
        return new Asked(
                model == null ? null : ModelFile.named("--model", model).spec(),
                gpu == null ? null : Accelerators.named(gpu),
                precision == null ? null : Precision.parse(precision),
                gpus,
                positive("--ttft", ttft),
                positive("--itl", itl),
                trace == null ? null : reading.load(trace, seed, err),
                traces,
                seed,
                quick);
    }

    private static @Nullable Double positive(String option, @Nullable Seconds time) {
        if (time == null) {
            return null;
        }
        Check.positive(option, time.value());
        return time.value();
    }
}
