package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.cli.live.Secrets.Way;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PfxOptions;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every way to prove who asks, and everything that a store may make of it: no secret in anything
/// that is printed, logged, written or served, whole or in part.
class SecretsTest {

    private static final String WRONG = "Wr0ng-s3cret";
    private static final int OPEN_PAGES = 400;

    private final Vertx vertx = Vertx.vertx();

    @SuppressWarnings("NullAway.Init")
    private Secrets secrets;

    private int asked;

    @BeforeEach
    void make(@TempDir Path folder) throws Exception {
        secrets = new Secrets(folder);
    }

    @AfterEach
    void stop() {
        Town.await(vertx.close());
    }

    private String serve(Handler<HttpServerRequest> handler) {
        return "http://127.0.0.1:" + listen(new HttpServerOptions(), handler);
    }

    private int listen(HttpServerOptions options, Handler<HttpServerRequest> handler) {
        return Town.await(
                        vertx.createHttpServer(options)
                                .requestHandler(handler)
                                .listen(0, "127.0.0.1"))
                .actualPort();
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// All headers that were sent, as a careless server shows them.
    private static String echo(HttpServerRequest request) {
        var text = new StringBuilder();
        request.headers().forEach((name, value) -> text.append(value).append(' '));
        return text.toString().strip();
    }

    private static String json(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("/", "\\/");
    }

    private static HttpServerResponse status(HttpServerRequest request, int code) {
        return request.response().setStatusCode(code);
    }

    /// Answers with a warning that is accepted and holds all that was sent.
    private static String warned(HttpServerRequest request, String form) {
        String result =
                form.contains("time%28") || form.contains("time()")
                        ? "[1700000000,\"1700000000\"]"
                        : form.contains("%5B") || form.contains("[")
                                ? "[{\"metric\":{\"__name__\":\"vllm:num_requests_running\",\"pod\":\"a\"},"
                                        + "\"values\":[[1699999970,\"1\"],[1699999990,\"2\"]]}]"
                                : "[{\"metric\":{},\"value\":[1700000000,\"7\"]}]";
        return "{\"status\":\"success\",\"warnings\":[\"accepted %s\"],\"data\":{\"result\":%s}}"
                .formatted(json(echo(request)), result);
    }

    /// What a store may make of a request.
    private static Map<String, Handler<HttpServerRequest>> outcomes() {
        var all = new LinkedHashMap<String, Handler<HttpServerRequest>>();
        all.put(
                "it works, with a warning",
                r -> r.body().onSuccess(b -> r.response().end(warned(r, b.toString()))));
        for (int code : List.of(400, 401, 403, 404, 422, 500, 503)) {
            all.put("HTTP " + code, r -> status(r, code).end(echo(r)));
        }
        all.put(
                "a refusal",
                r ->
                        status(r, 400)
                                .end(
                                        "{\"status\":\"error\",\"error\":\"bad %s\"}"
                                                .formatted(json(echo(r)))));
        all.put(
                "a redirect",
                r ->
                        status(r, 302)
                                .putHeader(
                                        "location",
                                        "https://u:%s@login.example/%s?t=%s#%s"
                                                .formatted(
                                                        WRONG,
                                                        WRONG.repeat(4),
                                                        WRONG,
                                                        r.getHeader("authorization")))
                                .end());
        all.put("a page", r -> r.response().end("<html><b>" + echo(r) + "</b></html>"));
        all.put("plain text", r -> r.response().end(echo(r)));
        all.put(
                "JSON that ends early",
                r -> r.response().end("{\"status\":\"" + json(echo(r)) + "\",\"da"));
        all.put(
                "a warning that is not accepted",
                r ->
                        r.response()
                                .end(
                                        "{\"status\":\"success\",\"warnings\":[\"lost %s\"]}"
                                                .formatted(json(echo(r)))));
        return all;
    }

    private static List<String> with(List<String> options, String... more) {
        var all = new ArrayList<>(options);
        all.add("--prefill-selector=pod=\"a\"");
        all.add("--decode-selector=pod=\"b\"");
        all.add("--accept-warning=^accepted");
        all.add("--timeout=250ms");
        all.addAll(List.of(more));
        return all;
    }

    private void silent(String what, Way way, String text) {
        var told = new ArrayList<>(way.told(text));
        if (text.contains(WRONG.substring(0, 8))) {
            told.add(WRONG);
        }
        assertThat(told).as("%s by %s shows in:%n%s", what, way.name(), text).isEmpty();
    }

    /// By both commands, one of them as JSON, in turn.
    private void asked(String what, Way way, String url) {
        boolean turn = asked++ % 2 == 0;
        try (var listening = new Listening()) {
            var options = way.at(url);
            var doctor = Ran.doctor(with(options, turn ? "--format=text" : "--format=json"));
            silent(what, way, doctor.out() + doctor.err());
            assertThat(doctor.out() + doctor.err()).as("%s, doctor", what).isNotBlank();
            var recommend =
                    Ran.recommend(
                            with(options, turn ? "--format=json" : "--format=text"),
                            Town.SERVICE.toArray(new String[0]));
            silent(what, way, recommend.out() + recommend.err());
            assertThat(recommend.out()).as("%s, recommend", what).isNotBlank();
            silent(what, way, listening.heard());
        }
    }

    @Test
    void nobodyIsShownWhatWasSent() throws IOException {
        for (var outcome : outcomes().entrySet()) {
            String url = serve(outcome.getValue());
            for (var way : secrets.ways("http")) {
                asked(outcome.getKey(), way, url);
            }
        }
    }

    @Test
    void norWhereNobodyAnswersOrNobodyIsTrusted() throws Exception {
        String nobody = "http://127.0.0.1:" + free();
        String late = serve(_ -> {});
        var tls =
                new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(
                                new PfxOptions()
                                        .setPath(secrets.store.toString())
                                        .setPassword("changeit"));
        String untrusted = "https://127.0.0.1:" + listen(tls, r -> r.response().end(echo(r)));
        for (var way : secrets.ways("http")) {
            asked("nobody there", way, nobody);
            asked("no answer", way, late);
            asked("https on http", way, untrusted);
        }
        String plain = serve(r -> r.response().end(echo(r)));
        for (var way : secrets.ways("https")) {
            asked("a certificate of nobody", way, untrusted);
            asked("http on https", way, plain);
        }
    }

    @Test
    void norByWhatIsWrittenAndServedWhileItGoesOn(@TempDir Path folder) throws Exception {
        var client = WebClient.create(vertx);
        var outcomes = List.of("it works, with a warning", "HTTP 401", "plain text");
        var ways = secrets.ways("http");
        for (int i = 0; i < outcomes.size(); i++) {
            String outcome = outcomes.get(i);
            var way = ways.get(i);
            var journal = folder.resolve("%d.jsonl".formatted(i));
            int port = free();
            var options =
                    with(
                            way.at(serve(outcomes().getOrDefault(outcome, _ -> {}))),
                            "--watch",
                            "--cycles=2",
                            "--interval=1s",
                            "--metrics-port=" + port,
                            "--journal=" + journal);
            try (var listening = new Listening()) {
                var running =
                        CompletableFuture.supplyAsync(
                                () -> Ran.recommend(options, Town.SERVICE.toArray(new String[0])));
                String page = page(client, port, running);
                var ran = running.get(60, TimeUnit.SECONDS);

                assertThat(page).as(ran.out() + ran.err()).contains("ratematch_");
                assertThat(journal).isNotEmptyFile();
                silent(outcome, way, ran.out() + ran.err());
                silent(outcome, way, page);
                silent(outcome, way, Files.readString(journal));
                silent(outcome, way, listening.heard());
            }
        }
    }

    /// The metrics page, the last one that was served with a cycle in it.
    private static String page(WebClient client, int port, CompletableFuture<Ran> running) {
        String url = "http://127.0.0.1:%d/metrics".formatted(port);
        String page = "";
        for (int i = 0; i < OPEN_PAGES && !page.contains("ratematch_") && !running.isDone(); i++) {
            try {
                page = String.valueOf(Town.await(client.getAbs(url).send()).bodyAsString());
            } catch (IllegalStateException _) {
                // It does not listen yet.
            }
            LockSupport.parkNanos(25_000_000);
        }
        return page;
    }

    @Test
    void aWrongCommandLineIsNotRepeated() throws IOException {
        String host = "--prometheus=http://127.0.0.1:1";
        String cert = "--client-cert-file=" + secrets.file("c", "-----BEGIN CERTIFICATE-----\n");
        String bad =
                "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n".formatted(WRONG);
        for (var wrong :
                List.of(
                        List.of(host, "--basic-pasword=" + WRONG),
                        List.of(host, "--basic-pasword", WRONG),
                        List.of(host, "--bearer-token", WRONG),
                        List.of(host, "--heder", "X-Key=" + WRONG),
                        List.of(host, WRONG),
                        List.of(host, "--header=" + WRONG),
                        List.of(host, "--header", "X Key=" + WRONG),
                        List.of(host, "--header", "=" + WRONG),
                        List.of(host, "--header=X-Key=@" + WRONG),
                        List.of(host, "--bearer-token-file=" + WRONG),
                        List.of(host, "--bearer-token-file=" + WRONG.repeat(40)),
                        List.of(host, "--bearer-token-file=eyJ/" + WRONG + "/a+b"),
                        List.of(host, "--bearer-token-file", "--header=X-Key=" + WRONG),
                        List.of(host, "--basic-user=u", "--basic-password-file=" + WRONG),
                        List.of(host, "--ca-file=" + WRONG),
                        List.of(host, cert, "--client-key-file=" + WRONG),
                        List.of(host, cert, "--client-key-file=" + secrets.file("w", WRONG)),
                        List.of(host, "--query-parameter=" + WRONG),
                        List.of("--promethues=http://u:" + WRONG + "@h"),
                        List.of("--prometheus=u:" + WRONG + "@h:9090"),
                        List.of("--prometheus=http://u:" + WRONG + "@ho st"),
                        List.of("--prometheus=http://u:a/" + WRONG + "@h"),
                        List.of("--prometheus=http://h/?token=" + WRONG),
                        List.of("--prometheus=http://u:" + WRONG + "@h", "--prefill-url=http://a"),
                        List.of("--prefill-url=http://u:" + WRONG + "@h", "--decode-url=http://a"),
                        List.of("--prefill-url=u:" + WRONG + "@h:1", "--decode-url=http://a"),
                        List.of(
                                "--prometheus=http://u:" + WRONG + "@h",
                                "--bearer-token-file=" + secrets.file("t", WRONG)))) {
            var doctor = Ran.doctor(wrong);
            var recommend = Ran.recommend(wrong, Town.SERVICE.toArray(new String[0]));
            for (var ran : List.of(doctor, recommend)) {
                String text = ran.out() + ran.err();
                assertThat(ran.code()).as("%s%n%s", wrong, text).isEqualTo(2);
                assertThat(text).as("%s", wrong).doesNotContain(WRONG.substring(0, 8));
            }
        }
        // A key that is none is found out when it is needed.
        var late =
                Ran.doctor(
                        List.of(
                                "--prometheus=https://127.0.0.1:1",
                                cert,
                                "--client-key-file=" + secrets.file("b", bad)));
        assertThat(late.out() + late.err()).isNotBlank().doesNotContain(WRONG);
    }
}
