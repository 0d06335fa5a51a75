package dev.ratematch.experiments.study;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.experiments.design.Deployment;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.harness.judge.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// Which prefill:decode ratio is best for which lengths, and where disaggregation pays at all, by
/// the cost model. The paper asks it in its figures 7, 8, 9 and 11.
public final class Sensitivity implements Study {

    /// NVL72 racks take workers of up to 64 GPUs.
    private static final int WIDEST = 64;

    /// 50 tokens/s/user, the middle of what DeepSeek-R1 reaches at 16K prompts.
    private static final double ITL_SECONDS = 0.020;

    /// The paper leaves out what is later.
    private static final double TTFT_SECONDS = 10;

    private static final int HGX_DOMAIN = 8;
    private static final Load PAPER = Load.of(16_384, 2048);
    private static final int[] INPUTS = {512, 1024, 2048, 4096, 8192, 16_384, 32_768};
    private static final int[] OUTPUTS = {128, 512, 1024, 2048, 8192, 32_768};
    private static final int[] FEW_INPUTS = {1024, 4096, 16_384};
    private static final int[] FEW_OUTPUTS = {256, 2048, 16_384};
    private static final List<ModelSpec> SIZES =
            List.of(
                    Models.LLAMA_3_1_8B,
                    Models.LLAMA_3_1_70B,
                    Models.LLAMA_3_1_405B,
                    Models.DEEPSEEK_R1);

    private final OptionalDouble fixedRatio;

    /// Every point at its own best ratio.
    public Sensitivity() {
        this(OptionalDouble.empty());
    }

    /// Every point at one ratio instead: what a fleet has that does not move.
    Sensitivity(OptionalDouble fixedRatio) {
        this.fixedRatio = fixedRatio;
    }

    /// A point of the map.
    ///
    /// @param ratio prefill GPUs per decode GPU; NaN where nothing keeps both latencies
    /// @param split output tokens/s/GPU of both pools at it
    /// @param joint the same of co-located serving; 0 where that keeps not both latencies
    record Cell(Load load, double ratio, double split, double joint) {

        /// Disaggregated over co-located; infinite where only disaggregation keeps the promise.
        double gain() {
            return split / joint;
        }

        /// Whether disaggregation serves at least as much.
        boolean pays() {
            return split > 0 && split >= joint;
        }
    }

    /// The map of one model.
    ///
    /// @param rows by answer length, each by prompt length
    record LengthMap(String model, List<List<Cell>> rows) {

        /// Points that disaggregated pools can serve at all.
        List<Cell> served() {
            return rows.stream().flatMap(List::stream).filter(c -> c.split() > 0).toList();
        }

        /// How many of those serve at least as much as co-located.
        long pays() {
            return served().stream().filter(Cell::pays).count();
        }
    }

    /// Points of one model by rising prompt length.
    record Series(String name, List<Cell> cells) {}

    @Override
    public String name() {
        return "sensitivity";
    }

    @Override
    public String question() {
        return "Which prefill:decode ratio is best for which prompt and answer lengths, and where"
                + " does disaggregation carry more than co-located serving?";
    }

    /// One point.
    Cell cell(Deployment deployment, double interactivity) {
        double joint = deployment.colocatedTokensPerSecondPerGpu(interactivity);
        var matched = deployment.matched(interactivity);
        if (matched.isEmpty()) {
            return new Cell(deployment.load(), Double.NaN, 0, joint);
        }
        double ratio = fixedRatio.orElse(matched.get().ratio());
        return new Cell(deployment.load(), ratio, matched.get().at(ratio), joint);
    }

    @Override
    public Findings run(Asked asked, Progress progress) {
        var gpu = asked.gpuOr(Accelerators.GB200);
        var model = asked.modelOr(Models.DEEPSEEK_R1);
        double speed = 1 / asked.itlOr(ITL_SECONDS);
        double ttft = asked.ttftOr(TTFT_SECONDS);
        var reference = asked.loadOr(PAPER);
        var sizes = new LinkedHashMap<String, Deployment>();
        var models = new ArrayList<>(asked.quick() ? List.<ModelSpec>of() : SIZES);
        models.removeIf(m -> m.name().equals(model.name()));
        models.add(model);
        for (var each : models) {
            progress.at("engines of " + each.name(), (double) sizes.size() / models.size());
            sizes.put(
                    each.name(),
                    Deployment.of(each, gpu, asked.precisionOn(gpu), WIDEST, reference)
                            .promising(ttft));
        }
        var own = sizes.sequencedValues().getLast();
        var maps = new ArrayList<LengthMap>();
        maps.add(new LengthMap(model.name(), map(own, speed, asked.quick(), progress)));
        var smallest = sizes.sequencedValues().getFirst();
        if (!smallest.equals(own)) {
            maps.add(
                    new LengthMap(
                            smallest.model().name(),
                            map(smallest, speed, asked.quick(), progress)));
        }
        var lines = new ArrayList<Series>();
        sizes.forEach(
                (name, deployment) ->
                        lines.add(new Series(name, byInput(deployment, speed, asked))));
        progress.at("NVLink domain", 0.9);
        var narrow = own.within(HGX_DOMAIN);
        lines.add(
                new Series(
                        model.name() + ", NVLink domain of " + HGX_DOMAIN,
                        byInput(narrow, speed, asked)));
        var centre = cell(own, speed);
        return new Findings(
                name(),
                "Sensitivity of the ratio to lengths, model size and NVLink domain",
                question(),
                SensitivityPage.answer(maps, centre),
                setting(asked, model, reference),
                SensitivityPage.tables(maps, lines),
                SensitivityPage.pictures(maps, lines),
                SensitivityPage.notes(lines, maps.getFirst().rows()));
    }

    private static List<String> setting(Asked asked, ModelSpec model, Load reference) {
        var gpu = asked.gpuOr(Accelerators.GB200);
        return List.of(
                Words.say(
                        "%s on %s in %s, first token within %s, %s between tokens; workers of"
                                + " up to %d GPUs.",
                        model.name(),
                        gpu.name(),
                        asked.precisionOn(gpu).name(),
                        Words.time(asked.ttftOr(TTFT_SECONDS)),
                        Words.time(asked.itlOr(ITL_SECONDS)),
                        WIDEST),
                Words.say(
                        "Reference traffic: %.0f tokens in, %.0f out%s.",
                        reference.inputTokens(),
                        reference.outputTokens(),
                        asked.trace() == null
                                ? ", the paper's"
                                : ", the means of " + asked.trace().name()),
                "Figures of the cost model: kernels without an engine's factors, any pairing,"
                        + " both pools busy, no queueing.");
    }

    /// The map, by answer length and then prompt length.
    List<List<Cell>> map(Deployment deployment, double speed, boolean few, Progress progress) {
        int[] inputs = few ? FEW_INPUTS : INPUTS;
        int[] outputs = few ? FEW_OUTPUTS : OUTPUTS;
        var rows = new ArrayList<List<Cell>>();
        for (int output : outputs) {
            progress.at("map of lengths", (double) rows.size() / outputs.length);
            rows.add(
                    IntStream.of(inputs)
                            .parallel()
                            .mapToObj(
                                    input -> cell(deployment.under(Load.of(input, output)), speed))
                            .toList());
        }
        return rows;
    }

    private List<Cell> byInput(Deployment deployment, double speed, Asked asked) {
        double output = deployment.load().outputTokens();
        return IntStream.of(asked.quick() ? FEW_INPUTS : INPUTS)
                .parallel()
                .mapToObj(input -> cell(deployment.under(Load.of(input, output)), speed))
                .toList();
    }
}
