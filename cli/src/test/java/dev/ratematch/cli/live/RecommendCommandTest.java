package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.cli.Main;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a simulated cluster on wall time.
class RecommendCommandTest {

    private static final Pattern BRIEF = Pattern.compile("[0-9:]{8}Z  ");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<String> served(Town town, String... more) {
        var args = new ArrayList<>(town.direct());
        for (String option : Town.SERVICE) {
            String name = option.substring(0, option.indexOf('=') + 1);
            if (List.of(more).stream().noneMatch(m -> m.startsWith(name))) {
                args.add(option);
            }
        }
        args.addAll(List.of(more));
        return args;
    }

    @Test
    void oneShotGivesAnswerAndReasonsAndOnlyReads() {
        try (var town = new Town(2, 3)) {
            var ran = Ran.recommend(served(town), "--interval=2s");

            assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.err()).contains("3 times, 2.00 s apart; the answer comes in 4.00 s");
            assertThat(ran.out())
                    .contains("llama-3.1-70b nvfp4 on b200 by vllm; prefill tp2, decode tp2")
                    .contains("prefill 2; decode 3; 10 of 16 GPUs")
                    .containsPattern("requests +1[2-6]\\.\\d+ req/s over \\d")
                    .containsPattern("prompts +ISL [4-6]\\d\\d tokens mean")
                    .containsPattern("answers +OSL [78]\\d\\d tokens mean")
                    .containsPattern("2P3D +TTFT .* at p95, ITL .* mean; carries .* req/s")
                    .contains("Recommendation: ", "reason ", "gain ", "confidence ", "next ")
                    .contains("--engine is not given; using vllm, from the names of its metrics")
                    .containsPattern("changes +above .* req/s of such requests");
            assertThat(town.requests)
                    .hasSize(3 * 6)
                    .allMatch(r -> r.startsWith("GET /") && r.endsWith("/metrics"));
        }
    }

    @Test
    void aStarvedDecodePoolIsToldToGrowAsJson(@TempDir Path folder) throws Exception {
        try (var town = new Town(6, 1)) {
            var journal = folder.resolve("journal.jsonl");
            var ran =
                    Ran.recommend(
                            served(town, "--itl=12ms"),
                            "--interval=2s",
                            "--format=json",
                            "--journal=" + journal);

            assertThat(ran.code()).as(ran.err()).isZero();
            assertThat(ran.out().lines()).hasSize(1);
            var node = JSON.readTree(ran.out());
            assertThat(node.get("tells").asBoolean()).isTrue();
            assertThat(node.at("/current/decode").asInt()).isEqualTo(1);
            assertThat(node.at("/end/decode").asInt()).isGreaterThan(1);
            assertThat(node.get("limiting").asText()).isEqualTo("decode");
            assertThat(node.at("/observed/requests_per_s").asDouble()).isBetween(11.0, 17.0);
            assertThat(node.at("/observed/itl_ms_mean").asDouble()).isPositive();
            assertThat(node.at("/model/end/served_share").asDouble())
                    .isGreaterThan(node.at("/model/current/served_share").asDouble());
            assertThat(node.at("/confidence/because").size()).isPositive();
            assertThat(node.get("next").asText()).startsWith("set prefill to ");
            var lines = Files.readAllLines(journal);
            assertThat(lines).hasSize(1 + 3);
            assertThat(lines.getFirst()).contains("\"kind\":\"service\"");
            assertThat(JSON.readTree(lines.getLast()).get("decision").asText())
                    .isEqualTo(node.get("decision").asText());
        }
    }

    @Test
    void whatCannotBeToldIsAFailureWithItsReason() {
        try (var town = new Town(1, 1)) {
            var args = served(town, "--interval=100ms");
            town.pods().forEach(town::remove);

            var ran = Ran.recommend(args);

            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("No recommendation: ", "HTTP 503", "check port and path");
        }
    }

    @Test
    void aPodThatDoesNotAnswerIsCountedAsStarting() {
        try (var town = new Town(2, 3)) {
            var args = served(town, "--interval=1s", "--decode-url=" + town.url("decode-new"));

            var ran = Ran.recommend(args);

            assertThat(ran.out()).contains("decode 4 (3 answer, 1 do not)");
            assertThat(ran.out()).contains("note        decode pod").contains("HTTP 503");
        }
    }

    @Test
    void theServiceMayComeFromAFileAndOptionsGoBeforeIt(@TempDir Path folder) throws Exception {
        var file = folder.resolve("service.yaml");
        Files.writeString(
                file,
                """
                model: llama-3.1-70b
                gpu: b200
                precision: nvfp4
                slo: {ttft_ms: 2000, itl_ms: 30}
                budget_gpus: 16
                prefill: {parallel: tp2}
                decode: {parallel: tp2, max: 4}
                colour: blue
                """);
        try (var town = new Town(2, 3)) {
            var ran =
                    Ran.recommend(
                            town.direct(),
                            "--service=" + file,
                            "--gpus=12",
                            "--interval=500ms",
                            "--format=json");
            assertThat(ran.err()).contains("colour is not a field of a service");
            assertThat(JSON.readTree(ran.out()).at("/service/budget_gpus").asInt()).isEqualTo(12);
        }
        Files.writeString(file, "model: [");
        assertRefused(List.of("--service=" + file), "line 1, is neither YAML nor JSON");
        assertRefused(List.of("--service=" + folder.resolve("no")), "does not exist");
    }

    @Test
    void aWrongCommandLineIsRefusedByName() {
        assertRefused(List.of(), "--model, --gpu, --ttft, --itl, --gpus are missing");
        var all = new ArrayList<>(Town.SERVICE);
        all.remove("--gpus=16");
        assertRefused(all, "--gpus is missing");
        all.add("--gpus=2");
        assertRefused(all, "budget_gpus (2) must cover the smallest fleet");
        assertRefused(List.of("--ttft=2"), "--ttft", "is not a duration");
        var other = new ArrayList<>(Town.SERVICE);
        other.set(0, "--model=lama");
        assertRefused(other, "lama");
        var option = new ArrayList<>(Town.SERVICE);
        option.add("--option=minGain=2");
        assertRefused(option, "options.minGain (2) must be a number from 0 to 1");
        var port = new ArrayList<>(Town.SERVICE);
        port.add("--metrics-port=0");
        assertRefused(port, "--metrics-port (0) only works with --watch");
    }

    private static void assertRefused(List<String> service, String... parts) {
        var args = new ArrayList<>(service);
        args.add("--prefill-url=http://127.0.0.1:1");
        args.add("--decode-url=http://127.0.0.1:2");
        var ran = Ran.recommend(args);
        assertThat(ran.code()).as(ran.err()).isEqualTo(2);
        assertThat(ran.err()).contains(parts);
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// The page, once it shows this.
    private static String page(WebClient client, int port, String... shown) {
        String url = "http://127.0.0.1:%d/metrics".formatted(port);
        String page = "";
        for (int i = 0; i < 600; i++) {
            try {
                page = String.valueOf(Town.await(client.getAbs(url).send()).bodyAsString());
            } catch (IllegalStateException _) {
                // It does not listen yet.
            }
            if (List.of(shown).stream().allMatch(page::contains)) {
                return page;
            }
            LockSupport.parkNanos(50_000_000);
        }
        throw new AssertionError("Never shown: %s in %s".formatted(List.of(shown), page));
    }

    @Test
    void theLastGoodCountsStayPublishedWhileTelemetryIsUnknown() throws Exception {
        int port = free();
        var vertx = Vertx.vertx();
        var client = WebClient.create(vertx);
        try (var town = new Town(2, 3)) {
            var args = served(town, "--watch", "--interval=1s", "--metrics-port=" + port);
            args.add("--cycles=12");
            var running = CompletableFuture.supplyAsync(() -> Ran.recommend(args));
            page(
                    client,
                    port,
                    "ratematch_recommendation_fresh{namespace=\"\",ratematcher=\"recommend\"} 1.0",
                    "role=\"decode\"} 3.0");
            town.pods().forEach(town::remove);
            String kept =
                    page(
                            client,
                            port,
                            "ratematch_recommendation_fresh{namespace=\"\",ratematcher=\"recommend\"} 0.0");
            assertThat(kept)
                    .contains("role=\"decode\"} 3.0", "ratematch_recommendation_age_seconds");
            var ran = running.get(120, TimeUnit.SECONDS);
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err()).contains("The last good answer stands: 2P3D");
            // The whole answer when it changes, else one line.
            long whole = ran.out().lines().filter(l -> l.startsWith("Recommendation: ")).count();
            long brief = ran.out().lines().filter(l -> BRIEF.matcher(l).lookingAt()).count();
            assertThat(whole).isBetween(2L, 8L);
            assertThat(whole + brief).isEqualTo(12);
        } finally {
            Town.await(vertx.close());
        }
    }

    @Test
    void aWatchThatIsInterruptedClosesWhatItHasOpen(@TempDir Path folder) throws Exception {
        try (var town = new Town(2, 3)) {
            var journal = folder.resolve("journal.jsonl");
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(
                    List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
            command.add("recommend");
            command.addAll(
                    served(
                            town,
                            "--watch",
                            "--interval=500ms",
                            "--format=json",
                            "--journal=" + journal));
            var process =
                    new ProcessBuilder(command)
                            .redirectError(folder.resolve("err").toFile())
                            .start();
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                assertThat(out.readLine()).startsWith("{\"at\":");
                assertThat(out.readLine()).startsWith("{\"at\":");
                process.destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(process.exitValue()).isEqualTo(143);
            assertThat(Files.readString(folder.resolve("err"))).contains("Interrupted after ");
            for (String line : Files.readAllLines(journal)) {
                assertThat(JSON.readTree(line).has("kind")).isTrue();
            }
        }
    }
}
