package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file that Go programs and `--kubeconfig` options read.
final class Kubeconfig {

    private Kubeconfig() {}

    static Path write(Path file, Config config) {
        var token = config.getOauthToken();
        boolean anybody = token == null && config.getClientCertFile() == null;
        String user =
                anybody
                        ? ""
                        : token == null
                                ? "client-certificate: %s, client-key: %s"
                                        .formatted(
                                                quoted(config.getClientCertFile()),
                                                quoted(config.getClientKeyFile()))
                                : "token: " + quoted(token);
        var namespace = config.getNamespace();
        String text =
                """
                apiVersion: v1
                kind: Config
                clusters: [{name: test, cluster: {server: %s%s}}]
                users: [{name: user, user: {%s}}]
                contexts: [{name: test, context: {cluster: test, user: user, namespace: %s}}]
                current-context: test
                """
                        .formatted(
                                config.getMasterUrl().replaceAll("/$", ""),
                                config.getCaCertFile() == null
                                        ? ""
                                        : ", certificate-authority: "
                                                + quoted(config.getCaCertFile()),
                                user,
                                namespace == null ? "default" : namespace);
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
