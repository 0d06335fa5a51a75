package dev.ratematch.harness.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The proxy, before two servers that write down what they are asked.
class PrefillFirstTest {

    private static final JsonObject PLACE =
            new JsonObject()
                    .put("do_remote_prefill", true)
                    .put("remote_block_ids", new JsonArray(List.of(List.of(1, 2))));

    private final Vertx vertx = Vertx.vertx();
    private final List<JsonObject> prefilled = new CopyOnWriteArrayList<>();
    private final List<JsonObject> decoded = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    private HttpServer server(List<JsonObject> asked, int status, String answer) {
        return vertx.createHttpServer()
                .requestHandler(request -> answer(request, asked, status, answer))
                .listen(0, Processes.LOOPBACK)
                .await();
    }

    private static void answer(
            HttpServerRequest request, List<JsonObject> asked, int status, String answer) {
        request.body()
                .onSuccess(
                        body -> {
                            asked.add(new JsonObject(body));
                            request.response().setStatusCode(status).end(answer);
                        });
    }

    private HttpResponse<String> ask(HttpServer prefill, HttpServer decode)
            throws IOException, InterruptedException {
        try (var proxy = PrefillFirst.start(vertx, prefill.actualPort(), decode.actualPort());
                var client = HttpClient.newHttpClient()) {
            String body = "{\"prompt\":\"w3 w4\",\"max_tokens\":7,\"stream\":true}";
            return client.send(
                    HttpRequest.newBuilder(URI.create(proxy.url() + "/v1/completions"))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void prefillsOneTokenAndDecodesFromItsKv() throws Exception {
        var prefill =
                server(
                        prefilled,
                        200,
                        new JsonObject().put("kv_transfer_params", PLACE).toString());
        var decode = server(decoded, 200, "data: [DONE]\n\n");

        var answer = ask(prefill, decode);

        assertThat(answer.body()).isEqualTo("data: [DONE]\n\n");
        assertThat(prefilled)
                .singleElement()
                .satisfies(
                        asked -> {
                            assertThat(asked.getString("prompt")).isEqualTo("w3 w4");
                            assertThat(asked.getInteger("max_tokens")).isEqualTo(1);
                            assertThat(asked.getBoolean("stream")).isFalse();
                            assertThat(
                                            asked.getJsonObject("kv_transfer_params")
                                                    .getBoolean("do_remote_decode"))
                                    .isTrue();
                        });
        assertThat(decoded)
                .singleElement()
                .satisfies(
                        asked -> {
                            assertThat(asked.getInteger("max_tokens")).isEqualTo(7);
                            assertThat(asked.getBoolean("stream")).isTrue();
                            assertThat(asked.getJsonObject("kv_transfer_params")).isEqualTo(PLACE);
                        });
    }

    @Test
    void whatPrefillRefusesGoesBackAsItIs() throws Exception {
        var answer = ask(server(prefilled, 429, "full"), server(decoded, 200, ""));

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body()).isEqualTo("full");
        assertThat(decoded).isEmpty();
    }

    @Test
    void aPodThatIsGoneIsABadGateway() throws Exception {
        var prefill = server(prefilled, 200, "{}");
        var gone = server(decoded, 200, "");
        gone.close().await();

        assertThat(ask(prefill, gone).statusCode()).isEqualTo(502);
    }
}
