package dev.ratematch.cli.live;

import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.controller.telemetry.prometheus.Access.Basic;
import dev.ratematch.controller.telemetry.prometheus.Access.Bearer;
import dev.ratematch.controller.telemetry.prometheus.Access.ClientCertificate;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Who asks a Prometheus, and what it is trusted by. Secrets come from files, which are read anew
/// at every query.
final class AccessOptions {

    private static final Pattern HEADER =
            Pattern.compile("([A-Za-z0-9!#$%&'*+.^_`|~-]+)\\s*[=:](.+)", Pattern.DOTALL);

    @Option(
            names = "--bearer-token-file",
            paramLabel = "FILE",
            description = "File with the bearer token for Prometheus; read again for each query.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--basic-user",
            paramLabel = "NAME",
            description = "User name for Prometheus; needs --basic-password-file.")
    private @Nullable String user;

    @Option(
            names = "--basic-password-file",
            paramLabel = "FILE",
            description = "File with that user's password; read again for each query.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description =
                    "HTTP header for each query, such as X-Scope-OrgID=team-a for a "
                            + "Mimir tenant; NAME=@FILE reads the value from a file. Repeatable.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "CA certificates (PEM) to trust for Prometheus. Default: those of the JDK.")
    private @Nullable Path caFile;

    @Option(
            names = "--client-cert-file",
            paramLabel = "FILE",
            description = "Client certificate (PEM) for Prometheus; needs --client-key-file.")
    private @Nullable Path certificateFile;

    @Option(
            names = "--client-key-file",
            paramLabel = "FILE",
            description = "Private key (PEM) of the client certificate.")
    private @Nullable Path keyFile;

    @Option(
            names = "--query-parameter",
            paramLabel = "NAME=VALUE",
            description =
                    "URL parameter for each query, such as partial_response=false for "
                            + "Thanos. Repeatable. Thanos gets dedup=false unless set here.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--accept-warning",
            paramLabel = "REGEX",
            description =
                    "Accept answers with a warning that matches this expression, such "
                            + "as one about a store of another cluster. Answers with any other "
                            + "warning count as incomplete. Repeatable.")
    private List<String> accepted = new ArrayList<>();

    /// Whether any is given.
    boolean given() {
        return tokenFile != null
                || user != null
                || passwordFile != null
                || !headers.isEmpty()
                || caFile != null
                || certificateFile != null
                || keyFile != null
                || !parameters.isEmpty()
                || !accepted.isEmpty();
    }

    /// Settings with what is given here.
    ///
    /// @throws IllegalArgumentException naming the option and what would be right
    PrometheusSettings of(PrometheusSettings settings) {
        return settings.access(access(settings.access()))
                .parameters(parameters)
                .accepted(accepted.stream().map(AccessOptions::pattern).toList());
    }

    private Access access(Access given) {
        var access = authorized(given);
        for (String header : headers) {
            access = with(access, header);
        }
        if (caFile != null) {
            access = access.trusting(pem(caFile));
        }
        var certificate = certificateFile;
        var key = keyFile;
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "--client-cert-file and --client-key-file go together; %s is missing."
                            .formatted(key == null ? "--client-key-file" : "--client-cert-file"));
        }
        if (certificate == null || key == null) {
            return access;
        }
        String ours = read("--client-cert-file", certificate);
        String proof = read("--client-key-file", key);
        try {
            return access.proving(new ClientCertificate(ours, proof));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--client-cert-file (%s), --client-key-file (%s): %s"
                            .formatted(certificate, key, e.getMessage()),
                    e);
        }
    }

    /// Written with `=`, or with a colon as on the wire. What is wrong is said without the value.
    private static Access with(Access access, String header) {
        var parts = HEADER.matcher(header);
        if (!parts.matches()) {
            // Whatever stands there may be the value alone.
            throw new IllegalArgumentException(
                    "--header must be NAME=VALUE, such as X-Scope-OrgID=team-a; the "
                            + "name or the = is missing.");
        }
        String name = parts.group(1);
        String value = parts.group(2).strip();
        if (!value.startsWith("@")) {
            return access.header(name, () -> value);
        }
        var file = Path.of(value.substring(1));
        read("--header " + name, file);
        return access.header(name, () -> read("--header " + name, file));
    }

    private Access authorized(Access given) {
        boolean basic = user != null || passwordFile != null;
        var token = tokenFile;
        boolean named = given.authorization() != null;
        if ((basic ? 1 : 0) + (token != null ? 1 : 0) + (named ? 1 : 0) > 1) {
            throw new IllegalArgumentException(
                    "--bearer-token-file, --basic-user and a user in the URL exclude each other;"
                            + " give one of them.");
        }
        if (token != null) {
            read("--bearer-token-file", token);
            return given.as(new Bearer(() -> read("--bearer-token-file", token)));
        }
        if (!basic) {
            return given;
        }
        var password = passwordFile;
        if (user == null || password == null) {
            throw new IllegalArgumentException(
                    "--basic-user and --basic-password-file go together; %s is missing."
                            .formatted(user == null ? "--basic-user" : "--basic-password-file"));
        }
        read("--basic-password-file", password);
        return given.as(new Basic(user, () -> read("--basic-password-file", password)));
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--accept-warning (%s) must be a regular expression: %s."
                            .formatted(
                                    text,
                                    String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
                    e);
        }
    }

    private static String pem(Path file) {
        String text = read("--ca-file", file);
        if (!text.contains("-----BEGIN CERTIFICATE-----")) {
            throw new IllegalArgumentException(
                    "--ca-file (%s) must hold certificates in PEM (BEGIN CERTIFICATE)."
                            .formatted(file));
        }
        return text;
    }

    private static String read(String option, Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "%s%s does not exist; give the name of a file, not its content."
                            .formatted(option, shown(file)),
                    e);
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalArgumentException(
                    "%s%s cannot be read: %s."
                            .formatted(option, shown(file), e.getClass().getSimpleName()),
                    e);
        }
    }

    /// A path that leads to a folder that is there. Anything else may be the secret itself, given
    /// where its file belongs.
    private static String shown(Path file) {
        var folder = file.getParent();
        return folder != null && Files.isDirectory(folder) ? " (%s)".formatted(file) : "";
    }
}
