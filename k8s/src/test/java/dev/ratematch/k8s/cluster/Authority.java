package dev.ratematch.k8s.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A certificate authority for one control plane; `openssl` does the work.
final class Authority {

    /// A certificate and its key, both PEM.
    record Pair(Path certificate, Path key) {}

    private static final char[] NO_PASSWORD = new char[0];

    private final Path folder;
    private final String name;
    private final Path certificate;
    private final AtomicInteger serial = new AtomicInteger(1);

    private Authority(Path folder, String name) {
        this.folder = folder;
        this.name = name;
        this.certificate = folder.resolve(name + ".crt");
    }

    static Authority create(Path folder, String name) {
        var authority = new Authority(folder, name);
        write(
                folder.resolve(name + ".cnf"),
                """
                [req]
                distinguished_name = subject
                x509_extensions = authority
                [subject]
                [authority]
                basicConstraints = critical, CA:TRUE
                keyUsage = critical, keyCertSign, cRLSign
                subjectKeyIdentifier = hash
                """);
        authority.openssl(
                "req -x509 -newkey rsa:2048 -nodes -days 365 -config %s.cnf".formatted(name),
                "-subj",
                "/CN=ratematch-test-" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt");
        return authority;
    }

    Path certificate() {
        return certificate;
    }

    /// Issues a certificate for servers and clients alike.
    ///
    /// @param file the name of its files
    /// @param subject for example `/O=group/CN=user`
    /// @param alternatives for example `IP:127.0.0.1`
    Pair issue(String file, String subject, List<String> alternatives) {
        var pair = new Pair(folder.resolve(file + ".crt"), folder.resolve(file + ".key"));
        var extensions = folder.resolve(file + ".ext");
        write(
                extensions,
                "basicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth, clientAuth\n"
                        + (alternatives.isEmpty()
                                ? ""
                                : "subjectAltName = " + String.join(",", alternatives) + "\n"));
        openssl(
                "req -newkey rsa:2048 -nodes -config %s.cnf".formatted(name),
                "-subj",
                subject,
                "-keyout",
                pair.key().toString(),
                "-out",
                file + ".csr");
        openssl(
                "x509 -req -days 365 -CA %1$s.crt -CAkey %1$s.key".formatted(name),
                "-set_serial",
                "" + serial.incrementAndGet(),
                "-in",
                file + ".csr",
                "-extfile",
                extensions.toString(),
                "-out",
                pair.certificate().toString());
        return pair;
    }

    /// The two files of the key that signs service-account tokens.
    static Pair tokenKey(Path folder) {
        var pair = new Pair(folder.resolve("sa.pub"), folder.resolve("sa.key"));
        Program.run(folder, List.of("openssl", "genrsa", "-out", "sa.key", "2048"));
        Program.run(
                folder, List.of("openssl", "rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub"));
        return pair;
    }

    /// A context that trusts this authority only.
    SSLContext trusting() {
        return context(new KeyManager[0]);
    }

    /// A context that trusts this authority only and shows a certificate of any other.
    SSLContext showing(Pair identity) {
        try {
            var keys = KeyStore.getInstance(KeyStore.getDefaultType());
            keys.load(null, null);
            byte[] der =
                    Base64.getMimeDecoder()
                            .decode(
                                    Files.readString(identity.key())
                                            .replaceAll("-----.*?-----", ""));
            keys.setKeyEntry(
                    "own",
                    KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)),
                    NO_PASSWORD,
                    new Certificate[] {read(identity.certificate())});
            var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, NO_PASSWORD);
            return context(managers.getKeyManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot use the certificate " + identity, e);
        }
    }

    private SSLContext context(KeyManager[] keys) {
        try {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(name, read(certificate));
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(keys, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot trust " + certificate, e);
        }
    }

    private static Certificate read(Path pem) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private void openssl(String options, String... more) {
        var command = new ArrayList<String>();
        command.add("openssl");
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of(more));
        Program.run(folder, command);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
