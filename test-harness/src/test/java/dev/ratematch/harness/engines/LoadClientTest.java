package dev.ratematch.harness.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// The client that says what the truth is, on a server whose answers are known.
class LoadClientTest {

    private static final int ROUNDS = 400;
    private static final long ROUND_NANOS = 50_000_000;

    /// Answers with as many tokens as are asked for; refuses prompts of one word.
    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (!body.contains(" ")) {
                exchange.sendResponseHeaders(529, -1);
                return;
            }
            int tokens = Integer.parseInt(body.replaceAll(".*\"max_tokens\":(\\d+).*", "$1"));
            String event = "data: {\"choices\":[{\"text\":\"%s\",\"index\":0}]}\n\n";
            String stream =
                    event.formatted(" w1005").repeat(tokens)
                            + event.formatted("")
                            + "data: [DONE]\n\n";
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(stream.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static LoadClient client(String url) {
        return new LoadClient(url, "tiny", () -> System.nanoTime() / 1e9);
    }

    @Test
    void writesDownEachTokenAndEachRefusal() throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var server = HttpServer.create(address, 0);
        server.createContext("/v1/completions", LoadClientTest::answer);
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try (var client = client(url)) {
            client.send(List.of(new Call(0, 7, 4), new Call(0, 1, 9), new Call(0, 9, 2)), 1);
            int round = 0;
            while (client.seen().size() < 3 && round++ < ROUNDS) {
                LockSupport.parkNanos(ROUND_NANOS);
            }
            assertThat(client.sent()).isEqualTo(3);
            assertThat(client.seen())
                    .extracting(Seen::inputTokens, s -> s.tokenSeconds().size(), Seen::failure)
                    .containsExactlyInAnyOrder(
                            tuple(7, 4, ""), tuple(1, 0, "HTTP 529"), tuple(9, 2, ""));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anEventMayBringSeveralTokens() {
        String event = "data: {\"choices\":[{\"text\":\"%s\"}]}";

        assertThat(LoadClient.tokens(event.formatted(" w7 w4095 <unk>"))).isEqualTo(3);
        assertThat(LoadClient.tokens(event.formatted(""))).isZero();
        assertThat(LoadClient.tokens("data: [DONE]")).isZero();
        assertThat(LoadClient.tokens(": alive")).isZero();
    }

    @Test
    void arrivalsArePoissonAndOfTheSeedAlone() {
        var calls = Call.poisson(4, 10_000, 7);

        assertThat(calls).isEqualTo(Call.poisson(4, 10_000, 7));
        assertThat(calls.size()).isBetween(39_400, 40_600); // three deviations
        assertThat(calls).extracting(Call::atSeconds).isSorted().allMatch(at -> at < 10_000);
        double[] gaps = new double[calls.size() - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = calls.get(i + 1).atSeconds() - calls.get(i).atSeconds();
        }
        double mean = 0.25;
        double squares = 0;
        for (double gap : gaps) {
            squares += (gap - mean) * (gap - mean) / gaps.length;
        }
        assertThat(squares / (mean * mean)).as("cv2").isCloseTo(1, within(0.05));
        assertThat(calls.stream().mapToInt(Call::inputTokens).average().orElse(0))
                .isCloseTo(1250, within(10.0));
    }

    @Test
    void theTruthIsOfThoseThatEndedWell() {
        var truth =
                Truth.of(
                        List.of(
                                new Seen(100, 1, List.of(1.5, 1.6, 1.9), ""),
                                new Seen(300, 2, List.of(2.1), ""),
                                new Seen(900, 3, List.of(), "HTTP 529")),
                        95);

        assertThat(truth.arrived()).isEqualTo(3);
        assertThat(truth.completed()).isEqualTo(2);
        assertThat(truth.inputTokensMean()).isEqualTo(200);
        assertThat(truth.outputTokensMean()).isEqualTo(2);
        assertThat(truth.ttftMeanSeconds()).isCloseTo(0.3, within(1e-9));
        assertThat(truth.ttftQuantileSeconds()).isCloseTo(0.5, within(1e-9));
        assertThat(truth.itlMeanSeconds()).isCloseTo(0.2, within(1e-9));
        assertThat(truth.itlQuantileSeconds()).isCloseTo(0.3, within(1e-9));
    }

    @Test
    void whatIsNotInstalledIsNeverLeftOutSilently() {
        assertThat(new Installed("X", "", "no Python").python()).isEmpty();
        assertThatThrownBy(() -> new Installed("X", "", "").python())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("make test-engines");
    }
}
