package dev.ratematch.cli.live;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Everything that `doctor` and `recommend` can be given to prove who asks, and what of it nobody
/// may read anywhere.
final class Secrets {

    /// Where secrets are cut, a piece of this length is still one.
    private static final int PIECE_CHARS = 8;

    private static final String STORE_PASSWORD = "changeit";

    private final Path folder;
    final Path store;
    private final Path certificate;
    private final Path key;
    private final String keyText;

    /// One way in: options, with URL standing for where the store is, and what is secret in them.
    record Way(String name, List<String> options, List<String> secrets) {

        /// The options for this store, `http://host:port`.
        List<String> at(String url) {
            return options.stream().map(o -> o.replace("URL", url.replaceAll(".*//", ""))).toList();
        }

        /// What of the secrets a text tells: a piece from their beginning is too much.
        List<String> told(String text) {
            return secrets.stream()
                    .map(s -> s.substring(0, Math.min(PIECE_CHARS, s.length())))
                    .filter(text::contains)
                    .toList();
        }
    }

    Secrets(Path folder) throws Exception {
        this.folder = folder;
        this.store = folder.resolve("store.p12");
        keytool();
        var entries = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            entries.load(in, STORE_PASSWORD.toCharArray());
        }
        var lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        this.certificate =
                file(
                        "our.crt",
                        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                                .formatted(
                                        lines.encodeToString(
                                                entries.getCertificate("s").getEncoded())));
        this.keyText =
                lines.encodeToString(
                        entries.getKey("s", STORE_PASSWORD.toCharArray()).getEncoded());
        this.key =
                file(
                        "our.key",
                        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                                .formatted(keyText));
    }

    private void keytool() throws Exception {
        var made =
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
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                STORE_PASSWORD,
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (made.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
    }

    Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String coded(String user, String password) {
        return Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /// Every way, two or three at a time where they go together.
    List<Way> ways(String scheme) throws IOException {
        var ways = new ArrayList<Way>();
        String inUrl = "Url1-s3cr@t";
        String value = "Val2-s3cr+t/of=ours";
        ways.add(
                new Way(
                        "a user in the URL and a header's value",
                        List.of(
                                "--prometheus=%s://reader:Url1-s3cr%%40t@URL".formatted(scheme),
                                "--header=X-Api-Key=" + value),
                        List.of(inUrl, "Url1-s3cr%40t", value, coded("reader", inUrl))));
        String password = "Pas3\"s3cr<t>&of ours";
        String filed = "Fil4 s3cret-in-a-file";
        ways.add(
                new Way(
                        "basic, and a header's value from a file",
                        List.of(
                                "--prometheus=%s://URL".formatted(scheme),
                                "--basic-user=reader",
                                "--basic-password-file=" + file("password", password + "\n"),
                                "--header=X-Filed=@" + file("filed", filed + "\n")),
                        List.of(password, coded("reader", password), filed)));
        String token = "Tok5en." + "abcdefgh".repeat(40);
        String scheme2 = "Auth6-s3cret-word";
        ways.add(
                new Way(
                        "a token, a certificate of ours, and a header of two words",
                        List.of(
                                "--prometheus=%s://URL".formatted(scheme),
                                "--bearer-token-file=" + file("token", token + "\n"),
                                "--client-cert-file=" + certificate,
                                "--client-key-file=" + key,
                                "--header=X-Authorization=Token " + scheme2),
                        List.of(
                                token,
                                scheme2,
                                // The first characters of a key only tell its kind.
                                keyText.substring(60, 64) + keyText.substring(65, 75),
                                keyText.substring(70, 80))));
        return ways;
    }
}
