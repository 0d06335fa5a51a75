package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.controller.telemetry.prometheus.Access.Basic;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.prometheus.Backfill;
import dev.ratematch.harness.prometheus.RealProgram;
import dev.ratematch.harness.prometheus.RealPrometheus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus behind what its own `web.config.yml` asks for: TLS with a certificate that
/// nobody else signed, a user with a password, and a path prefix.
@Tag("prometheus")
class GuardedPrometheusTest {

    private static final String PASSWORD = "open sesame";

    /// Of that password, at the lowest cost.
    private static final String BCRYPT =
            "$2b$04$ZUM5SwFs8uw7LPl6gcyBheAnB8vYYPYrNoQszRhviOHaQvE3Fp39G";

    private static final String STORE = "changeit";

    /// What it shows, and the same in PEM for who trusts it.
    private record Identity(KeyStore store, String pem) {

        /// Makes a key and a certificate of it, and writes both for Prometheus.
        static Identity make(Path folder)
                throws IOException, InterruptedException, GeneralSecurityException {
            var file = folder.resolve("server.p12");
            var keytool =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "keytool")
                                            .toString(),
                                    "-genkeypair",
                                    "-alias",
                                    "server",
                                    "-keyalg",
                                    "EC",
                                    "-dname",
                                    "CN=localhost",
                                    "-ext",
                                    "san=dns:localhost",
                                    "-storetype",
                                    "PKCS12",
                                    "-storepass",
                                    STORE,
                                    "-keystore",
                                    file.toString())
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(keytool.waitFor()).as(said).isZero();
            var store = KeyStore.getInstance(file.toFile(), STORE.toCharArray());
            String certificate = pem("CERTIFICATE", store.getCertificate("server").getEncoded());
            Files.writeString(folder.resolve("server.crt"), certificate);
            Files.writeString(
                    folder.resolve("server.key"),
                    pem("PRIVATE KEY", store.getKey("server", STORE.toCharArray()).getEncoded()));
            return new Identity(store, certificate);
        }

        private static String pem(String what, byte[] der) {
            return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                    .formatted(what, Base64.getMimeEncoder().encodeToString(der), what);
        }

        /// Trusts this one only.
        SSLContext trusted() throws GeneralSecurityException, IOException {
            Certificate certificate = store.getCertificate("server");
            var known = KeyStore.getInstance("PKCS12");
            known.load(null, null);
            known.setCertificateEntry("server", certificate);
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(known);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        }
    }

    private static RealPrometheus start(Path folder, Identity identity, int port)
            throws IOException, GeneralSecurityException {
        var config = folder.resolve("web.config.yml");
        Files.writeString(
                config,
                """
                tls_server_config: {cert_file: server.crt, key_file: server.key}
                basic_auth_users: {reader: '%s'}
                """
                        .formatted(BCRYPT));
        String url = "https://localhost:%d/prometheus".formatted(port);
        var context = identity.trusted();
        var request =
                HttpRequest.newBuilder(URI.create(url + "/-/ready"))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString(
                                                        ("reader:" + PASSWORD)
                                                                .getBytes(StandardCharsets.UTF_8)))
                        .build();
        RealProgram.Ready ready =
                () -> {
                    try (var client = HttpClient.newBuilder().sslContext(context).build()) {
                        return client.send(request, HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200;
                    }
                };
        return RealPrometheus.start(
                folder,
                "",
                port,
                url,
                ready,
                List.of("--web.config.file=" + config, "--web.route-prefix=/prometheus"));
    }

    private static String problem(PrometheusSettings settings, PastFleet fleet) {
        var problems = Store.problems(settings, fleet);
        assertThat(problems).hasSize(1);
        return problems.getFirst();
    }

    @Test
    void opensToTheRightPasswordUnderItsPrefixAndSaysWhatIsWrong(@TempDir Path folder)
            throws Exception {
        PastFleet fleet;
        try (var log = new Backfill(folder)) {
            fleet = PastFleet.simulate(Dialect.Engine.VLLM, Store.span(), log);
            log.toBlocks();
        }
        var identity = Identity.make(folder);
        int port = RealProgram.freePort();
        try (var prometheus = start(folder, identity, port)) {
            var stranger = Store.settings(prometheus.url());
            var trusting = stranger.access(Access.OPEN.trusting(identity.pem()));
            var known = stranger.access(trusting.access().as(new Basic("reader", () -> PASSWORD)));

            assertThat(Store.problems(known, fleet)).isEmpty();
            Store.ask(known, client -> fleet.isToldBy(client, Same.EXACT, (_, _) -> {}));

            assertThat(problem(stranger, fleet)).contains("is not accepted", "--ca-file");
            assertThat(problem(trusting, fleet))
                    .contains("HTTP 401", "it requires a user and password", "--basic-user");
            assertThat(
                            problem(
                                    stranger.access(
                                            trusting.access()
                                                    .as(new Basic("reader", () -> "sesame 0"))),
                                    fleet))
                    .contains("HTTP 401", "it requires another user and password")
                    .doesNotContain("sesame");
            assertThat(
                            problem(
                                    Store.settings("https://localhost:" + port)
                                            .access(known.access()),
                                    fleet))
                    .contains("check the URL");
            assertThat(
                            problem(
                                    Store.settings("http://localhost:%d/prometheus".formatted(port))
                                            .access(known.access()),
                                    fleet))
                    .contains("it speaks https; write https:// in its URL");
        }
    }
}
