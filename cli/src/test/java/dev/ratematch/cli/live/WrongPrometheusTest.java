package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said where `--prometheus` does not lead to one that can be used: one message that says
/// what to do, by both commands alike.
class WrongPrometheusTest {

    private static final String CLOCK =
            """
            {"status":"success","data":{"resultType":"scalar","result":[1790000000,"1790000000"]}}
            """;
    private static final String PART =
            """
            {"status":"success","data":{"resultType":"vector","result":[]},
             "warnings":["fetch series for Store Gateway Addr: 10.0.0.7:10901: Unavailable"]}
            """;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        Town.await(vertx.close());
    }

    private String serve(Handler<HttpServerRequest> handler) {
        return "http://127.0.0.1:"
                + Town.await(
                                vertx.createHttpServer()
                                        .requestHandler(handler)
                                        .listen(0, "127.0.0.1"))
                        .actualPort();
    }

    private static List<String> source(String url, String... more) {
        var args = new ArrayList<String>();
        args.add("--prometheus=" + url);
        args.add("--prefill-selector=pod=~\"prefill-.*\"");
        args.add("--decode-selector=pod=~\"decode-.*\"");
        args.addAll(List.of(more));
        return args;
    }

    private static void assertSaid(List<String> source, String... parts) {
        var doctor = Ran.doctor(source);
        assertThat(doctor.code()).as(doctor.out() + doctor.err()).isEqualTo(1);
        assertThat(doctor.err()).contains(parts).doesNotContain("\tat ");
        assertThat(doctor.err().lines()).hasSize(1);
        var recommend = Ran.recommend(source, Town.SERVICE.toArray(new String[0]));
        assertThat(recommend.code()).isEqualTo(1);
        assertThat(recommend.out())
                .startsWith("Recommendation: cannot tell")
                .contains(doctor.err().strip());
    }

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertSaid(
                source("http://127.0.0.1:" + port),
                "127.0.0.1:" + port + " cannot be reached",
                "nothing listens there; check host and port");
    }

    @Test
    void theHostIsNotKnown() {
        assertSaid(
                source("http://prometheus.invalid:9090", "--timeout=20s"),
                "http://prometheus.invalid:9090",
                "its name cannot be resolved from this machine");
    }

    @Test
    void somethingElseAnswers() {
        assertSaid(
                source(serve(r -> r.response().setStatusCode(404).end("no"))),
                "answers HTTP 404 to /api/v1/query; check the URL and its path prefix",
                "--prometheus takes the root");
        assertSaid(
                source(serve(r -> r.response().end("<html>Sign in</html>"))),
                "it looks like HTML",
                "check the URL");
        assertSaid(
                source(
                        serve(
                                r ->
                                        r.response()
                                                .setStatusCode(302)
                                                .putHeader("location", "https://login.example")
                                                .end())),
                "leads to https://login.example",
                "or credentials");
    }

    /// As Thanos does where one of its stores is down: whatever needs data has a warning.
    @Test
    void onlyAPartAnswers() {
        String url =
                serve(
                        r ->
                                r.bodyHandler(
                                        body -> {
                                            String form = body.toString();
                                            boolean clock = form.startsWith("query=time");
                                            r.response().end(clock ? CLOCK : PART);
                                        }));
        assertSaid(
                source(url),
                "its answer is not whole: \"fetch series for Store Gateway Addr: 10.0.0.7:10901",
                "--accept-warning");
    }

    @Test
    void aTokenIsWantedAndTakenFromTheFile(@TempDir Path folder) throws IOException {
        String url =
                serve(
                        r -> {
                            boolean known = "Bearer right".equals(r.getHeader("authorization"));
                            r.response().setStatusCode(known ? 404 : 401).end();
                        });
        var token = folder.resolve("token");
        Files.writeString(token, "wrong\n");

        assertSaid(
                source(url),
                "HTTP 401",
                "a bearer token, or a user and password",
                "--bearer-token-file");
        assertSaid(source(url, "--bearer-token-file=" + token), "bearer token is not accepted");
        Files.writeString(token, "right\n");
        assertSaid(source(url, "--bearer-token-file=" + token), "HTTP 404");
        var missing = Ran.doctor(source(url, "--bearer-token-file=" + folder.resolve("no")));
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("--bearer-token-file", "does not exist");
    }

    @Test
    void theCertificateIsNotTrusted(@TempDir Path folder) throws Exception {
        var store = folder.resolve("server.p12");
        var keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "s",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "changeit",
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        var options =
                new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(
                                new PfxOptions().setPath(store.toString()).setPassword("changeit"));
        int port =
                Town.await(
                                vertx.createHttpServer(options)
                                        .requestHandler(r -> r.response().end())
                                        .listen(0, "127.0.0.1"))
                        .actualPort();

        assertSaid(
                source("https://localhost:" + port),
                "the certificate of https://localhost:" + port + " is not accepted",
                "--ca-file");
        assertSaid(
                source("http://localhost:" + port),
                "check that it uses http and not https",
                "--prometheus takes the root");
        var pem = folder.resolve("ca.pem");
        Files.writeString(pem, "nothing");
        var refused = Ran.doctor(source("https://localhost:" + port, "--ca-file=" + pem));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("must hold certificates in PEM");
    }

    @Test
    void asJsonTheMessageIsOnStandardOutput() throws IOException {
        String url = serve(r -> r.response().setStatusCode(401).end());
        var doctor = new ObjectMapper().readTree(Ran.doctor(source(url), "--format=json").out());
        assertThat(doctor.get("healthy").asBoolean()).isFalse();
        assertThat(doctor.get("error").asText()).contains("HTTP 401");
    }
}
