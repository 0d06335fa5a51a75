package dev.ratematch.cli;

import dev.ratematch.experiments.study.Bandwidth;
import dev.ratematch.experiments.study.Elasticity;
import dev.ratematch.experiments.study.Production;
import dev.ratematch.experiments.study.Reuse;
import dev.ratematch.experiments.study.Sensitivity;
import dev.ratematch.experiments.study.SmallPools;
import dev.ratematch.experiments.study.SpeculationStudy;
import dev.ratematch.experiments.study.Study;
import dev.ratematch.experiments.study.Thinking;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The paper's questions, one sub-command each.
@Command(
        name = "experiment",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Answers the questions of the paper on disaggregated serving (arXiv "
                    + "2506.05508), with its settings or for your model, GPU, latency targets and "
                    + "trace.",
            "Each study prints tables and writes JSON and a self-contained HTML page that "
                    + "starts with its answer."
        },
        synopsisSubcommandLabel = "STUDY",
        subcommands = {
            ExperimentCommand.OfSensitivity.class,
            ExperimentCommand.OfSmallPools.class,
            ExperimentCommand.OfBandwidth.class,
            ExperimentCommand.OfSpeculation.class,
            ExperimentCommand.OfReuse.class,
            ExperimentCommand.OfElasticity.class,
            ExperimentCommand.OfThinking.class,
            ExperimentCommand.OfProduction.class,
            ExperimentCommand.All.class,
        },
        footer = {
            "",
            "Examples:",
            "  ratematch experiment sensitivity --model llama-3.1-70b --gpu b200 --itl 25ms",
            "  ratematch experiment all --quick --out pages"
        })
@SuppressWarnings("NullAway.Init")
public final class ExperimentCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a study.");
    }

    /// Lengths.
    @Command(
            name = "sensitivity",
            description = {
                "Maps the best prefill:decode ratio, and the gain over co-located "
                        + "serving, over prompt and answer lengths, by model size and NVLink "
                        + "domain.",
                "With --trace, the mean lengths of that trace are the reference."
            })
    static final class OfSensitivity extends StudyCommand {
        OfSensitivity() {
            super(List.of(new Sensitivity()));
        }
    }

    /// Few GPUs.
    @Command(
            name = "small-pools",
            description = {
                "Throughput that 4 to 64 GPUs lose because only whole engines fit, and "
                        + "what other engine widths win back.",
                "With --gpus, only that budget."
            })
    static final class OfSmallPools extends StudyCommand {
        OfSmallPools() {
            super(List.of(new SmallPools()));
        }
    }

    /// The way of KV.
    @Command(
            name = "bandwidth",
            description = {
                "KV traffic by prompt length; how much of the KV transfer adds to "
                        + "latency on slower links, by transfer mode; and how the controller "
                        + "reacts when a link slows down.",
                "The simulated cluster runs llama-3.1-70b on b200 or deepseek-r1 on gb200."
            })
    static final class OfBandwidth extends StudyCommand {
        OfBandwidth() {
            super(List.of(new Bandwidth()));
        }
    }

    /// Several tokens a step.
    @Command(
            name = "speculation",
            description =
                    "The best ratio by accept length, including the cost of "
                            + "verification, and speculative decoding switched on during a run. "
                            + "Simulated cluster.")
    static final class OfSpeculation extends StudyCommand {
        OfSpeculation() {
            super(List.of(new SpeculationStudy()));
        }
    }

    /// Prompts that are known.
    @Command(
            name = "reuse",
            description = {
                "The best ratio by prefix hit rate, a sudden loss of prefix hits, "
                        + "multi-turn prompts by router, and replicas with a cold cache after a "
                        + "move. Simulated cluster.",
                "With --trace, the block ids of that trace are used; the parts by hit "
                        + "rate stay synthetic, since a recorded trace has only one hit rate."
            })
    static final class OfReuse extends StudyCommand {
        OfReuse() {
            super(List.of(new Reuse()));
        }
    }

    /// Another promise.
    @Command(
            name = "elasticity",
            description = {
                "Latency targets that are tightened and relaxed again under steady "
                        + "traffic, by lead time and pool size. Simulated cluster.",
                "With --trace, each third of the trace has one of the targets."
            })
    static final class OfElasticity extends StudyCommand {
        OfElasticity() {
            super(List.of(new Elasticity()));
        }
    }

    /// Answers that grow.
    @Command(
            name = "thinking",
            description =
                    "Reasoning budgets that jump and vary: the benefit of rebalancing, "
                            + "a margin, forecasts, an exact model and perfect foresight. "
                            + "Simulated cluster.")
    static final class OfThinking extends StudyCommand {
        OfThinking() {
            super(List.of(new Thinking()));
        }
    }

    /// Recorded traffic.
    @Command(
            name = "production",
            description = {
                "Every recorded trace: the ratio over time, and how far it is from a "
                        + "plan with perfect foresight. Simulated cluster.",
                "With --trace, only that trace."
            })
    static final class OfProduction extends StudyCommand {
        OfProduction() {
            super(List.of(new Production()));
        }
    }

    /// All of them.
    @Command(
            name = "all",
            description = "Runs every study; with --markdown, also writes an index of the answers.")
    static final class All extends StudyCommand {
        All() {
            super(studies());
        }
    }

    private static List<Study> studies() {
        return List.of(
                new Sensitivity(),
                new SmallPools(),
                new Bandwidth(),
                new SpeculationStudy(),
                new Reuse(),
                new Elasticity(),
                new Thinking(),
                new Production());
    }
}
