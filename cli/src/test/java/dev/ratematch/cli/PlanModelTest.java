package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PlanModelTest {

    private static final List<String> R1 =
            List.of(
                    "--model=deepseek-r1",
                    "--precision=nvfp4",
                    "--gpu=gb200",
                    "--isl=8192",
                    "--osl=1024",
                    "--ttft=5s",
                    "--itl=25ms",
                    "--gpus=72");

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /// The request for R1, with options of the same name replaced.
    private int plan(String... changes) {
        var args = new ArrayList<>(R1);
        for (String change : changes) {
            String name = change.split("=", 2)[0];
            args.removeIf(arg -> arg.startsWith(name + "="));
            args.add(change);
        }
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new CommandLine(new PlanCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
    }

    private void refuses(List<String> parts, String... changes) {
        refused(2, parts, changes);
    }

    /// What is right in itself and has no plan.
    private void hasNoPlan(List<String> parts, String... changes) {
        refused(3, parts, changes);
    }

    private void refused(int code, List<String> parts, String... changes) {
        assertThat(plan(changes)).as(err.toString()).isEqualTo(code);
        assertThat(err.toString()).contains(parts);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void answersEverythingThatAPlanIsAskedFor() {
        assertThat(plan("--explain")).isZero();
        assertThat(out.toString())
                .contains(
                        "prefill",
                        "decode",
                        "P:D",
                        "TTFT",
                        "ITL",
                        "confidence",
                        "GB/s/GPU",
                        "the link has 50")
                .contains("bound by", "co-located", "idle GPUs", "LP bound", "lose")
                .contains("one engine less", "mixed shapes", "less one prefill")
                .contains(
                        "Disaggregation pays here.",
                        "latent attention with projections",
                        "x roofline",
                        "beyond kernels");
    }

    @Test
    void writesOneObjectWithBothFrontiers() throws IOException {
        assertThat(plan("--format=json", "--points=5000")).isZero();
        var root = new ObjectMapper().readTree(out.toString());
        assertThat(root.get("itl_ms").asDouble()).isBetween(5.0, 25.0);
        assertThat(root.get("prefill_gpus").asInt() + root.get("decode_gpus").asInt())
                .isEqualTo(72 - root.get("idle_gpus").asInt());
        assertThat(root.get("served_requests_per_s").asDouble())
                .isLessThanOrEqualTo(root.get("lp_bound_requests_per_s").asDouble());
        assertThat(root.get("decode").get(0).get("replicas").asInt()).isPositive();
        assertThat(root.get("frontier_disaggregated")).hasSizeGreaterThan(10);
        assertThat(root.get("frontier_colocated")).hasSizeGreaterThan(5);
        assertThat(root.get("design_points").asInt()).isBetween(2500, 10_000);
    }

    @Test
    void drawsTheFrontierInEveryFormat() throws IOException {
        for (String ending : List.of("png", "svg", "html")) {
            var file = folder.resolve("frontier." + ending);
            assertThat(plan("--plot=" + file, "--format=csv")).as(err.toString()).isZero();
            byte[] bytes = Files.readAllBytes(file);
            if (ending.equals("png")) {
                assertThat(bytes).startsWith(0x89, 'P', 'N', 'G').hasSizeGreaterThan(10_000);
            } else if (ending.equals("svg")) {
                assertThat(Files.readString(file)).contains("<svg", "</svg>");
            } else {
                assertThat(Files.readString(file))
                        .contains("\"label\":\"co-located\"", "\"label\":\"the plan\"", "uPlot")
                        .contains("throughput, output tokens/s/GPU")
                        .doesNotContain("<svg", "src=", "<link");
                assertThat(bytes.length).isLessThan(200_000);
            }
        }
        assertThat(out.toString()).startsWith("role,name,gpus,replicas,batch");
    }

    @Test
    void saysWhatTheBestReachableLatencyIs() {
        hasNoPlan(
                List.of("--itl (0.01000 ms)", "the best is", "times as long, with "),
                "--itl=0.01ms");
        hasNoPlan(
                List.of("--ttft (1.000 ms)", "the best is", "times as long, with "), "--ttft=1ms");
    }

    @Test
    void saysWhatIsMissing() {
        hasNoPlan(List.of("--gpus (3) is too small", "GPUs) that meet"), "--gpus=3");
        hasNoPlan(
                List.of("does not fit h100", "GB per GPU are missing"),
                "--gpu=h100",
                "--precision=bf16",
                "--gpus=16");
    }

    @Test
    void namesTheNearestOfWhatIsNotKnown() {
        refuses(List.of("\"gb20\"", "did you mean \"gb200\""), "--gpu=gb20");
        refuses(List.of("did you mean \"deepseek-r1\""), "--model=deepsek-r1");
        refuses(List.of("\"fp6\"", "nvfp4"), "--precision=fp6");
        refuses(List.of("--engine", "did you mean \"vllm\""), "--engine=vlm");
        refuses(List.of("--transfer-mode", "did you mean \"pull\""), "--transfer-mode=pul");
        refuses(List.of("nvfp4) is not computed by h200"), "--gpu=h200", "--precision=nvfp4");
    }

    @Test
    void refusesValuesWithoutSense() {
        refuses(List.of("--isl (0.0)"), "--isl=0");
        refuses(List.of("--osl (1.0)"), "--osl=1");
        refuses(List.of("--prefix-hit (2.0)"), "--prefix-hit=2");
        refuses(List.of("--accept-length (0.5)"), "--accept-length=0.5");
        refuses(List.of("--kv-link (-1.0)"), "--kv-link=-1");
        refuses(List.of("--plot", ".svg, .png or .html"), "--plot=frontier.pdf");
        refuses(List.of("--plot", "does not exist"), "--plot=no/such/folder/f.png");
        refuses(List.of("--points (1.0)"), "--points=1");
        refuses(List.of("--gpus (1)"), "--gpus=1");
        refuses(List.of("--workers can only be combined"), "--workers=some.csv");
    }

    @Test
    void namesTheOptionsThatAreMissing() {
        var command = new CommandLine(new PlanCommand()).setErr(new PrintWriter(err, true));
        assertThat(command.execute("--model", "deepseek-r1", "--gpus", "8")).isEqualTo(2);
        assertThat(err.toString()).contains("--gpu, --isl, --osl, --ttft, --itl are missing");
    }

    @Test
    void readsAModelFromItsConfig() throws IOException {
        var file = folder.resolve("config.json");
        Files.writeString(file, "{\"architectures\": [\"NoSuchForCausalLM\"]}");
        refuses(List.of("NoSuchForCausalLM"), "--model=" + file);
        Files.writeString(file, "[1]");
        refuses(List.of("is no JSON object"), "--model=" + file);
        refuses(List.of("does not exist"), "--model=no/config.json");
    }

    private static final String CONFIG =
            """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
             "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32,
             "num_key_value_heads": 8, "vocab_size": 128256}""";

    @Test
    void plansAModelThatOnlyItsConfigTells() throws IOException {
        var file = folder.resolve("config.json");
        Files.writeString(file, CONFIG);
        assertThat(plan("--model=" + file, "--format=csv")).as(err.toString()).isZero();
        String byFile = out.toString();
        assertThat(plan("--model=" + folder, "--format=csv")).as(err.toString()).isZero();
        assertThat(out.toString()).isEqualTo(byFile);
        refuses(List.of("exclude each other", "give one"), "--model-config=" + file);
    }

    @Test
    void saysWhatIsWrongInAConfig() throws IOException {
        var file = folder.resolve("config.json");
        String[][] wrong = {
            {"\"hidden_size\": 4096,", "", "hidden_size is missing", "whole number"},
            {"4096", "-5", "hidden_size (-5)", "between 1 and 1000000"},
            {
                "\"num_hidden_layers\": 32",
                "\"num_hidden_layers\": 1e12",
                "num_hidden_layers",
                "2000"
            },
            {"128256", "1.5", "vocab_size (1.5)", "whole number"},
            {"\"num_key_value_heads\": 8", "\"num_key_value_heads\": \"x\"", "(\"x\")", "quotes"},
            {CONFIG, "null", "is no JSON object", "null"},
            {CONFIG, "{}", "architectures", "LlamaForCausalLM"},
        };
        for (String[] row : wrong) {
            Files.writeString(file, CONFIG.replace(row[0], row[1]));
            refuses(List.of(row[2], row[3]), "--model=" + file);
        }
    }

    @Test
    void warnsOfTheAllReduceFloorByName() throws IOException {
        assertThat(plan("--itl=9ms", "--format=json")).as(err.toString()).isZero();
        var root = new ObjectMapper().readTree(out.toString());
        assertThat(root.get("warning").asText()).contains("all-reduce floor", "gb200", "end at 4");
        assertThat(root.get("confidence").asText()).isEqualTo("extrapolated");
        assertThat(root.get("confidence_reason").asText()).contains("% of its kernels' time");
        assertThat(plan("--gpu=b200", "--itl=12ms", "--gpus=64")).as(err.toString()).isZero();
        assertThat(out.toString()).doesNotContain("all-reduce floor");
    }

    @Test
    void saysWhichEngineItPricedAndWhoNamedIt() throws IOException {
        assertThat(plan("--gpu=b200", "--gpus=64")).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern("engine +trtllm: the default, .*; set yours with --engine");
        assertThat(plan("--gpu=b200", "--gpus=64", "--engine=vllm", "--format=json")).isZero();
        var request = new ObjectMapper().readTree(out.toString()).get("request");
        assertThat(request.get("engine").asText()).isEqualTo("vllm");
        assertThat(request.get("engine_source").asText()).isEqualTo("--engine");
    }

    @Test
    void theEngineMatters() throws IOException {
        var served = new ArrayList<Double>();
        for (String engine : List.of("trtllm", "dynamo", "vllm", "sglang")) {
            assertThat(
                            plan(
                                    "--model=llama-3.1-70b",
                                    "--gpu=b200",
                                    "--itl=12ms",
                                    "--gpus=64",
                                    "--engine=" + engine,
                                    "--format=json"))
                    .as(err.toString())
                    .isZero();
            var root = new ObjectMapper().readTree(out.toString());
            served.add(root.get("served_requests_per_s").asDouble());
        }
        assertThat(served.get(0)).isEqualTo(served.get(1));
        assertThat(served.stream().distinct()).hasSize(3);
    }
}
