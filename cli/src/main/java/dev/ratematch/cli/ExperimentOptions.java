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
                    "Model of the catalogue, or a Hugging Face config.json. Default: the study's,"
                            + " mostly the paper's.")
    private @Nullable String model;

    @Option(
            names = "--gpu",
            paramLabel = "NAME",
            description = "GPU, such as b200. Default: the study's.")
    private @Nullable String gpu;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "Precision of the weights. Default: the studies' own, nvfp4 where the GPU"
                            + " computes it, else fp8.")
    private @Nullable String precision;

    @Option(
            names = "--gpus",
            paramLabel = "N",
            description = Vocabulary.GPUS + " Default: the study's.")
    private @Nullable Integer gpus;

    @Option(
            names = "--ttft",
            converter = Seconds.Converter.class,
            paramLabel = "TIME",
            description = Vocabulary.TTFT + " Default: the study's.")
    private @Nullable Seconds ttft;

    @Option(
            names = "--itl",
            converter = Seconds.Converter.class,
            paramLabel = "TIME",
            description = Vocabulary.ITL + " Default: the study's.")
    private @Nullable Seconds itl;

    @Option(
            names = "--trace",
            paramLabel = "FILE|-|gen:NAME",
            description = "Traffic of your own, as simulate takes it. Default: the study's.")
    private @Nullable String trace;

    @Mixin private TraceOptions reading = new TraceOptions();

    @Option(
            names = "--traces",
            defaultValue = "../shared/traces",
            paramLabel = "DIR",
            description =
                    "Folder of recorded traces, for studies of several. Default: ${DEFAULT-VALUE}.")
    private Path traces;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of everything random. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--quick",
            description = "Few points: says whether it works, and which way a figure goes.")
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
