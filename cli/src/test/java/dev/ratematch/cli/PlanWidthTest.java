package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.WeightPrecision;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.sizing.Explain;
import dev.ratematch.sizing.Format;
import dev.ratematch.sizing.KvCache;
import dev.ratematch.sizing.LoadAnswer;
import dev.ratematch.sizing.LoadReport;
import dev.ratematch.sizing.ModelPlan;
import dev.ratematch.sizing.ModelRequest;
import dev.ratematch.sizing.ModelTable;
import dev.ratematch.sizing.Shapes;
import dev.ratematch.sizing.load.Offered;
import dev.ratematch.sizing.load.Traffic;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Plans at the widths that terminals have, of the model whose shapes have the longest names.
class PlanWidthTest {

    private static ModelRequest request() {
        var gpu = Accelerators.named("gb200");
        return new ModelRequest(
                "in the catalogue",
                new Target(
                        Models.named("deepseek-r1"),
                        Load.of(8192, 1024),
                        KvLink.of(gpu, KvLink.Mode.PULL),
                        Pairing.FAN_OUT,
                        5,
                        0.025),
                gpu,
                new WeightPrecision(
                        Precision.NVFP4,
                        "quantization_config (compressed-tensors) of config.json",
                        Optional.of(
                                "The checkpoint holds 8-bit integers, which have no kernels here;"
                                        + " FP8 is planned in place of them.")),
                new KvCache(
                        KvDtype.FP8, "the default; --kv-dtype says otherwise", Optional.empty()),
                "trtllm",
                "the default, since its steps were measured best; set yours with --engine",
                0,
                72,
                Shapes.ANY);
    }

    private static void fits(String text, int columns) {
        assertThat(text.lines()).as(text).allMatch(line -> line.length() <= columns);
    }

    @Test
    void nothingWrapsAndTheWidthIsUsed() {
        var request = request();
        var plan = ModelPlan.of(request);
        var load =
                new LoadReport(LoadAnswer.of(request, new Offered.Rate(20), Traffic.USUAL, 1000));
        long lines = Long.MAX_VALUE;
        for (int columns : List.of(80, 120, 160, 200)) {
            var look = new Look(columns, false);
            String table = new ModelTable(plan).text(look);
            fits(table, columns);
            fits(Explain.text(plan, look), columns);
            fits(load.text(Format.table, look), columns);
            assertThat(table).contains("Disaggregation pays here.");
            assertThat(table.lines().count()).isLessThanOrEqualTo(lines);
            lines = table.lines().count();
        }
        String wide = new ModelTable(plan).text(new Look(200, false));
        assertThat(wide.lines().count())
                .isLessThan(new ModelTable(plan).text(new Look(80, false)).lines().count());
    }

    @Test
    void colourIsForWhatIsRecommendedAndForHeadings() {
        String table = new ModelTable(ModelPlan.of(request())).text(new Look(120, true));
        assertThat(table.lines().filter(line -> line.startsWith("\033[32m"))).isNotEmpty();
        assertThat(table.lines().filter(line -> line.startsWith("\033[1mrole"))).hasSize(1);
        assertThat(table.lines().filter(line -> line.contains("\033")).count()).isLessThan(8);
    }
}
