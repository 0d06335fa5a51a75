package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.roleswitch.Protocol;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/// The commands that `engines --role-switch` prints, one after the other, as people would run them.
class EnginesRoleSwitchTest {

    private static final Pattern CURL =
            Pattern.compile(
                    "(?m)^  curl -s(?: -X (\\w+))?(?: -H '[^']+')?(?: -d '([^']+)')? (http://\\S+)$");
    private static final Pattern POD = Pattern.compile("/pods/(worker-\\d+)");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final HttpClient browser = HttpClient.newHttpClient();

    private int engines(String... args) {
        return new CommandLine(new EnginesCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    private HttpResponse<String> send(String method, String body, String url) {
        var request =
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body));
        try {
            return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Until it has drained, an engine or the API says no.
    private HttpResponse<String> untilItIsDone(MatchResult command) {
        String method = command.group(1) == null ? "GET" : command.group(1);
        String body = command.group(2) == null ? "" : command.group(2);
        var response = send(method, body, command.group(3));
        while (response.statusCode() == 400 || response.statusCode() == 409) {
            LockSupport.parkNanos(100_000_000);
            response = send(method, body, command.group(3));
        }
        return response;
    }

    private String untilItSays(String url, String words) {
        String body = "";
        while (!body.contains(words)) {
            LockSupport.parkNanos(100_000_000);
            body = send("GET", "", url).body();
        }
        return body;
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void theCommandsThatItPrintsSwitchAPod(Protocol protocol) throws Exception {
        var running = new CompletableFuture<Integer>();
        var thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () ->
                                        running.complete(
                                                engines(
                                                        "--role-switch=" + protocol.label(),
                                                        "--switch-time=1s",
                                                        "--rate-scale=0.02",
                                                        "--port=0",
                                                        "--for=30m")));
        while (!CURL.matcher(out.toString()).find() && !running.isDone()) {
            LockSupport.parkNanos(50_000_000);
        }
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString()).contains("Pods change their role by " + protocol.label());
        var commands = CURL.matcher(out.toString()).results().toList();
        assertThat(commands)
                .hasSize(protocol == Protocol.LABEL ? 3 : protocol == Protocol.SGLANG ? 5 : 6);
        for (var command : commands) {
            assertThat(untilItIsDone(command).statusCode()).as(command.group()).isBetween(200, 299);
        }
        var last = commands.getLast().group(3);
        var pod = POD.matcher(last);
        assertThat(pod.find()).isTrue();
        String list = last.substring(0, pod.start()) + "/pods";
        String entry = "\"role\":\"prefill\",\"pod\":\"%s\"".formatted(pod.group(1));
        assertThat(untilItSays(list, entry)).contains("\"label\":\"prefill\"");
        assertThat(send("PUT", "{\"label\":\"both\"}", last).body())
                .contains("must be prefill, decode or neither");
        assertThat(send("PUT", "{\"label\":\"neither\"}", last + "00").statusCode()).isEqualTo(404);
        thread.interrupt();
        assertThat(running.get(120, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void anotherProtocolIsRefused() {
        assertThat(engines("--role-switch=tgi")).isEqualTo(2);
        assertThat(err.toString()).contains("--role-switch (tgi) must be sglang, vllm or label.");
    }
}
