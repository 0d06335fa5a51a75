package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PlanLoadTest {

    private record Ran(int code, String out, String err) {}

    private static Ran plan(String... more) {
        var args =
                new ArrayList<>(
                        List.of(
                                "--model=llama-3.1-70b",
                                "--gpu=b200",
                                "--precision=nvfp4",
                                "--isl=4096",
                                "--osl=512",
                                "--ttft=2s",
                                "--itl=30ms"));
        args.addAll(List.of(more));
        var out = new StringWriter();
        var err = new StringWriter();
        int code =
                new CommandLine(new PlanCommand())
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .setParameterExceptionHandler(new WrongLine())
                        .execute(args.toArray(String[]::new));
        return new Ran(code, out.toString(), err.toString());
    }

    @Test
    void a_rate_is_answered_with_the_fewest_gpus() throws Exception {
        var ran = plan("--rate=50", "--gpus=64", "--format=json");
        assertThat(ran.code()).isZero();
        var json = new ObjectMapper().readTree(ran.out());
        var least = json.path("least");
        assertThat(least.path("most_requests_per_s").asDouble()).isGreaterThanOrEqualTo(50);
        assertThat(least.path("ttft_ms").asDouble()).isBetween(100.0, 2000.0);
        assertThat(least.path("itl_ms").asDouble()).isBetween(5.0, 30.0);
        assertThat(least.path("prefill").path("less_one_requests_per_s").asDouble()).isLessThan(50);
        assertThat(json.path("budget").path("gpus").asInt()).isLessThanOrEqualTo(64);
        assertThat(json.path("budget").path("most_requests_per_s").asDouble())
                .isGreaterThan(least.path("most_requests_per_s").asDouble());
        assertThat(json.path("request").path("percentile").asDouble()).isEqualTo(95);
    }

    @Test
    void the_table_says_it_in_its_first_sentence() {
        var ran = plan("--concurrency=300");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("300 clients, each with one request, need ")
                .contains("which meet both targets at p95 up to ")
                .contains("breaks first");
        assertThat(plan("--rate=20", "--format=csv").out().lines()).hasSize(3);
    }

    @Test
    void a_plan_by_budget_says_what_it_keeps_with_queueing() {
        assertThat(plan("--gpus=16").out())
                .contains("with queueing")
                .contains("of Poisson arrivals");
    }

    @Test
    void a_rate_beyond_the_budget_says_what_is_missing_and_what_is_kept() {
        var ran = plan("--rate=500", "--gpus=16");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err())
                .containsPattern("--rate \\(500 requests/s\\) needs \\d+ GPUs")
                .contains("more than --gpus (16)");
        assertThat(ran.err().lines()).hasSize(2).endsWith("See 'plan --help'.");
    }

    @Test
    void what_cannot_be_kept_or_meant_is_refused_by_name() {
        assertThat(plan("--rate=1e9").err())
                .contains("--rate")
                .contains("the most that a plan has");
        assertThat(plan("--rate=-1").err()).contains("--rate (-1");
        assertThat(plan("--rate=5", "--concurrency=5").err()).contains("exclude each other");
        assertThat(plan("--rate=5", "--percentile=20").err()).contains("--percentile (20");
        assertThat(plan("--percentile=99", "--gpus=16").err()).contains("give --rate or");
        assertThat(plan("--rate=5", "--ttft=50ms").err()).contains("--ttft");
        assertThat(plan().err()).contains("--gpus is missing");
        assertThat(plan("--rate=5", "--explain").err()).contains("do not work with");
    }
}
