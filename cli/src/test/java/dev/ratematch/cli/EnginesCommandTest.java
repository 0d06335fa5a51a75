package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.harness.exposition.Dialect;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class EnginesCommandTest {

    private static final Pattern POD = Pattern.compile("(?m)^  (prefill-\\d+) +(http://\\S+)$");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int engines(String... args) {
        return new CommandLine(new EnginesCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    private static HttpResponse<String> get(String url) throws Exception {
        try (var browser = HttpClient.newHttpClient()) {
            return browser.send(
                    HttpRequest.newBuilder(URI.create(url)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    /// What a recommendation would be, of the pods as they are read.
    @Test
    void showsWhatIsPlayedOnAConsole() throws Exception {
        var running =
                CompletableFuture.supplyAsync(
                        () -> engines("--port=0", "--console-port=0", "--for=25s"));
        var console = Pattern.compile("(?m)^Console: (http://\\S+?)/?$").matcher("");
        while (!console.find() && !running.isDone()) {
            LockSupport.parkNanos(50_000_000);
            console = console.pattern().matcher(out.toString());
        }
        String known = "";
        while (!known.contains("\"now\":{\"prefill\":2") && !running.isDone()) {
            LockSupport.parkNanos(200_000_000);
            known = get(console.group(1) + "/api/services").body();
        }
        assertThat(known).contains("\"id\":\"engines\"", "llama-3.1-70b", "\"decode\":4");
        assertThat(running.get(60, TimeUnit.SECONDS)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Dialect.Engine.class)
    void playsAnEngineAndSaysWhatToTry(Dialect.Engine engine) throws Exception {
        var running =
                CompletableFuture.supplyAsync(
                        () -> engines("--engine=" + engine.label(), "--port=0", "--for=8s"));
        var pod = POD.matcher("");
        while (!pod.find() && !running.isDone()) {
            LockSupport.parkNanos(50_000_000);
            pod = POD.matcher(out.toString());
        }
        assertThat(out.toString()).contains("prefill-0");
        var page = get(pod.group(2));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains(engine == Dialect.Engine.DYNAMO ? "vllm:" : engine.label());
        assertThat(pod.group(2)).endsWith(engine.metricsPath());
        assertThat(running.get(60, TimeUnit.SECONDS)).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .contains("http_sd_configs:", "/sd")
                .contains("ratematch doctor --prometheus http://localhost:9090")
                .contains("--prefill-selector 'job=\"ratematch-engines\",role=\"prefill\"'")
                .contains("--gpus 16", "--prefill-parallel tp2")
                .contains("--prefill-url " + pod.group(2))
                .contains("Over after 8 s.");
        assertThat(out.toString().contains("--frontend-selector"))
                .isEqualTo(Dialect.of(engine).frontend() != Dialect.Frontend.NONE);
    }

    @Test
    void whatCannotBePlayedIsSaid() throws Exception {
        assertThat(engines("--engine=vlm")).isEqualTo(2);
        assertThat(engines("--frontend=nginx")).isEqualTo(2);
        assertThat(engines("--prefill=9", "--decode=9")).isEqualTo(2);
        assertThat(engines("--rate-scale=much")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--engine", "vlm", "sglang")
                .contains("--frontend", "nginx", "llm-d")
                .contains("--prefill (9) and --decode (9) must be", "9 x 2 + 9 x 2 = 36")
                .contains("--rate-scale (much)");
        try (var taken = new ServerSocket(0)) {
            assertThat(engines("--port=" + taken.getLocalPort(), "--host=0.0.0.0")).isEqualTo(1);
            assertThat(err.toString()).contains("port %d of".formatted(taken.getLocalPort()));
        }
    }
}
