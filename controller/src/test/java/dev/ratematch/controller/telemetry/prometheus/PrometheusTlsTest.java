package dev.ratematch.controller.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.resilience.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates, theirs and ours, against a real server.
class PrometheusTlsTest {

    private static final String PASSWORD = "changeit";
    private static final String EMPTY =
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";

    private final Vertx vertx = Vertx.vertx();
    private Path store = Path.of("");
    private String certificate = "";

    @BeforeEach
    void issue(@TempDir Path folder) throws Exception {
        store = folder.resolve("server.p12");
        var pem = folder.resolve("ca.pem");
        var keys = List.of("-alias", "s", "-storepass", PASSWORD, "-keystore", store.toString());
        keytool(
                keys,
                List.of("-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12"),
                List.of("-dname", "CN=localhost", "-ext", "san=dns:localhost"));
        keytool(keys, List.of("-exportcert", "-rfc", "-file", pem.toString()), List.of());
        certificate = Files.readString(pem);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void keytool(List<String> keys, List<String> what, List<String> more)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(what);
        command.addAll(keys);
        command.addAll(more);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private PfxOptions keys() {
        return new PfxOptions().setPath(store.toString()).setPassword(PASSWORD);
    }

    private int serve(HttpServerOptions options) throws Exception {
        return vertx.createHttpServer(options)
                .requestHandler(r -> r.response().end(EMPTY))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .actualPort();
    }

    private int secured(ClientAuth wanted) throws Exception {
        return serve(
                new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(keys())
                        .setClientAuth(wanted)
                        .setTrustOptions(keys()));
    }

    private static PrometheusSettings at(String scheme, int port) {
        return PrometheusSettings.of("%s://localhost:%d".formatted(scheme, port))
                .limits(Limits.DEFAULT.timeout(Duration.ofSeconds(20)));
    }

    private Outcome ask(PrometheusSettings settings) {
        try (var client = new PrometheusClient(vertx, "tls", settings, new SimpleMeterRegistry())) {
            return client.time();
        }
    }

    @Test
    void aCertificateIsAcceptedFromItsOwnAuthorityOnly() throws Exception {
        var settings = at("https", secured(ClientAuth.NONE));
        assertThat(ask(settings.trusting(certificate))).isInstanceOf(Found.class);
        assertThat(ask(settings).toString()).contains("UNTRUSTED").contains("give its CA");
    }

    @Test
    void theOtherSchemeIsNamed() throws Exception {
        int plain = serve(new HttpServerOptions());
        assertThat(ask(at("https", plain)).toString()).contains("speaks plain http; write http://");
    }

    @Test
    void oursIsShownToWhoeverWantsIt() throws Exception {
        var settings = at("https", secured(ClientAuth.REQUIRED)).trusting(certificate);
        assertThat(ask(settings).toString()).contains("Failed").contains("client certificate");
        var ours = new Access.ClientCertificate(certificate, key());
        assertThat(ask(settings.access(settings.access().proving(ours)))).isInstanceOf(Found.class);
    }

    private String key() throws Exception {
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        byte[] coded = keys.getKey("s", PASSWORD.toCharArray()).getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                .formatted(Base64.getMimeEncoder().encodeToString(coded));
    }
}
