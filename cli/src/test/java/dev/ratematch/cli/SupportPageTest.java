package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/support.md` says of each model on each GPU what `plan` says of its own confidence.
class SupportPageTest {

    private static final Path PAGE = Path.of("../docs/support.md");

    private static final List<String> GPUS = List.of("b200", "b300", "gb200", "gb300");

    private static final Pattern SHARE = Pattern.compile("\\(([0-9.]+) % of its kernels' time\\)");

    private static final String HEAD =
            """
            # What is supported, and how well it is known

            Made by a test; other models are planned by `--model-config`, their own config.json.

            ## Engines

            | engine | metrics read, tried against | start commands, tried against | confidence |
            |---|---|---|---|
            | vLLM | 0.32: recorded, and run on CPU with NIXL | its own parser, 0.32.0 | [figures](telemetry.md#what-real-engines-say) |
            | SGLang | 0.5.23: its metrics collector, recorded; no whole engine | its own parser, 0.5.23 | [figures](telemetry.md#what-real-engines-say) |
            | NVIDIA Dynamo | 1.5.1: frontend and workers with mockers, recorded and run | its own parsers, 1.5.1 | [figures](telemetry.md#what-real-engines-say) |
            | TensorRT-LLM | by its sources; never run here | its list of options, 1.2.1 | names only |
            | Triton with TensorRT-LLM | by its sources; never run here | none | names only |
            | llm-d endpoint picker | by its sources; never run here | by its guide | names only |

            ## Models and GPUs

            What `plan` says of the step times that its answer stands on: 32 GPUs, ISL 4096, OSL 1024, TTFT 5 s, ITL 50 ms,
            the precision in which the model is published. *fitted*: within what was measured on this GPU; *transferred*: from
            another GPU, engine or shape; *extrapolated*: some of it lies beyond the measured sizes. The percentage is that
            part of the kernels' time in a step of the role that is known least. What each word is worth: [model.md](model.md#what-is-transferred-what-extrapolated).

            | model | precision | GPUS |
            |---|---|DASHES
            """;

    /// `-Dratematch.support=write` writes the page.
    @Test
    void thePageSaysWhatPlanSays() throws IOException {
        var page =
                new StringBuilder(
                        HEAD.replace("GPUS", String.join(" | ", GPUS))
                                .replace("DASHES", "---|".repeat(GPUS.size())));
        assertThat(Accelerators.all().stream().map(gpu -> gpu.name()))
                .as("GPUs of the catalogue")
                .containsAll(GPUS);
        for (var model : Models.all()) {
            var row = new StringBuilder();
            String precision = "";
            for (var gpu : GPUS) {
                var plan = plan(model.name(), gpu);
                precision = plan.at("/request/precision").asText(precision);
                row.append(" | ").append(confidence(plan));
            }
            page.append("| %s | %s%s |\n".formatted(model.name(), precision, row));
        }
        if ("write".equals(System.getProperty("ratematch.support"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as(
                        "run: mvn -pl cli -am test -Dtest=SupportPageTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false"
                                + " -Dratematch.support=write")
                .hasContent(page.toString());
    }

    private static String confidence(JsonNode plan) {
        var share = SHARE.matcher(plan.path("confidence_reason").asText());
        String word = plan.path("confidence").asText("-");
        if (!share.find()) {
            return word;
        }
        double percent = Double.parseDouble(share.group(1));
        assertThat(percent).isBetween(0.0, 100.0);
        return "%s, %.0f %%".formatted(word, percent);
    }

    private static JsonNode plan(String model, String gpu) throws IOException {
        var out = new StringWriter();
        var err = new StringWriter();
        int code =
                Main.command()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(
                                "plan",
                                "--model=" + model,
                                "--gpu=" + gpu,
                                "--gpus=32",
                                "--isl=4096",
                                "--osl=1024",
                                "--ttft=5s",
                                "--itl=50ms",
                                "--format=json");
        assertThat(code).as("%s on %s: %s", model, gpu, err).isZero();
        return new ObjectMapper().readTree(out.toString());
    }
}
