package dev.ratematch.costmodel.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.SiliconData;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReportedTest {

    @ParameterizedTest
    @CsvSource({
        "16, 1, 1, 4, 4, tep4",
        "64, 1, 1, 8, 8, tep8",
        "1, 1, 64, 8, 8, dep8",
        "1, 1, 4, 2, 2, dep2",
        "4, 1, 4, 1, 16, tep4",
        "2, 1, 2, 1, 4, tep2",
        "8, 1, 0, 2, 4, tp8ep4",
        "4, 1, 1, 4, 1, tp4",
        "1, 1, 4, 4, 1, tp1dp4",
        "1, 1, 32, 1, 32, dep32"
    })
    void takesBackProductsOfEqualWidths(
            int tp, int pp, int dp, int moeTp, int moeEp, String expected) {
        assertThat(new Reported(tp, pp, dp, moeTp, moeEp).parallelism(Models.DEEPSEEK_R1).text())
                .isEqualTo(expected);
    }

    @Test
    void denseModelsHaveNoExpertWidths() {
        assertThat(new Reported(2, 1, 1, 1, 0).parallelism(Models.QWEN3_32B))
                .isEqualTo(Parallelism.tp(2));
        assertThat(new Reported(8, 1, 1, 8, 1).parallelism(Models.LLAMA_3_1_70B))
                .isEqualTo(Parallelism.tp(8));
    }

    /// Every configuration of the peer's tables can be run, and of the public measurements all but
    /// those whose attention widths cannot be true (48 or 72 GPUs do not share 128 heads).
    @Test
    void whatWasRunIsLegal() {
        Map<String, Integer> illegal = new TreeMap<>();
        int seen = 0;
        for (String file : List.of("aic_memory.csv", "aic_prefill.csv.gz", "aic_agg.csv.gz")) {
            seen += count(SiliconData.rows(file).orElse(List.of()), "", false, illegal);
        }
        for (String role : List.of("p_", "d_")) {
            seen +=
                    count(
                            SiliconData.rows("aic_plans.csv.gz").orElse(List.of()),
                            role,
                            false,
                            illegal);
        }
        if (seen == 0) {
            System.out.println("no calibration tables: legality is not compared with them");
            return;
        }
        assertThat(illegal).isEmpty();
        for (String role : List.of("", "p_", "d_")) {
            count(SiliconData.rows("silicon_e2e.csv.gz").orElse(List.of()), role, true, illegal);
        }
        illegal.forEach((why, rows) -> System.out.println(rows + " measured rows: " + why));
        assertThat(illegal.keySet()).allMatch(why -> why.contains("must divide the"));
    }

    private static int count(
            List<SiliconData.Row> rows,
            String role,
            boolean measured,
            Map<String, Integer> illegal) {
        int seen = 0;
        for (SiliconData.Row row : rows) {
            if (row.text(role + "tp").isEmpty()) {
                continue;
            }
            seen++;
            ModelSpec model = Models.named(row.text("model"));
            Reported widths =
                    new Reported(
                            row.integer(role + "tp"),
                            row.integer(role + "pp"),
                            row.integer(role + "dp"),
                            row.integer(role + "moe_tp"),
                            row.integer(role + "moe_ep"));
            Parallelism parallelism =
                    measured
                            ? widths.parallelism(model)
                            : Parallelism.of(
                                    widths.tp(),
                                    widths.pp(),
                                    widths.dp(),
                                    widths.moeTp(),
                                    widths.moeEp());
            parallelism
                    .impossible(model)
                    .ifPresent(why -> illegal.merge(role + why, 1, Integer::sum));
        }
        return seen;
    }
}
