package dev.ratematch.controller.telemetry.prometheus;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who asks a server, what is sent along, and what the server is trusted by. Secrets are asked for
/// at each request, so that they may be renewed, and never leave here but as headers.
///
/// @param authorization who asks; null for nobody in particular
/// @param headers sent along, by name, such as `X-Scope-OrgID`
/// @param caPem certificates that are trusted, PEM; empty for those of the JDK
/// @param client what we prove ourselves with; null for nothing
public record Access(
        @Nullable Authorization authorization,
        Map<String, Supplier<String>> headers,
        String caPem,
        @Nullable ClientCertificate client) {

    /// For servers that ask for nothing.
    public static final Access OPEN = new Access(null, Map.of(), "", null);

    private static final String HIDDEN = "***";
    private static final int SECRET_CHARS_MIN = 4;
    private static final Pattern IN_URL = Pattern.compile("(?<=://)[^/\\s@]+(?=@)");
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    public Access {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        for (String name : headers.keySet()) {
            if (!HEADER_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "header (%s) must be a name of letters, digits and hyphens."
                                .formatted(name));
            }
        }
    }

    /// Who asks.
    public sealed interface Authorization {}

    /// By a token.
    public record Bearer(Supplier<String> token) implements Authorization {}

    /// By a name and a password.
    public record Basic(String user, Supplier<String> password) implements Authorization {}

    /// A certificate of ours and its key, PEM.
    public record ClientCertificate(String certificatePem, String keyPem) {

        public ClientCertificate {
            if (!certificatePem.contains("-----BEGIN CERTIFICATE-----")) {
                throw new IllegalArgumentException(
                        "client certificate must be in PEM (BEGIN CERTIFICATE).");
            }
            if (!keyPem.contains("PRIVATE KEY-----")) {
                throw new IllegalArgumentException(
                        "client key must be in PEM (BEGIN PRIVATE KEY).");
            }
        }

        @Override
        public String toString() {
            return "ClientCertificate";
        }
    }

    /// The same with somebody who asks.
    public Access as(Authorization who) {
        return new Access(who, headers, caPem, client);
    }

    /// The same with a header.
    public Access header(String name, Supplier<String> value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Access(authorization, more, caPem, client);
    }

    /// The same with certificates that are trusted.
    public Access trusting(String pem) {
        return new Access(authorization, headers, pem, client);
    }

    /// The same with a certificate of ours.
    public Access proving(ClientCertificate certificate) {
        return new Access(authorization, headers, caPem, certificate);
    }

    /// Whether everybody may share what is read this way.
    public boolean open() {
        return authorization == null && headers.isEmpty() && caPem.isEmpty() && client == null;
    }

    /// The headers of one request.
    ///
    /// @throws RuntimeException of a supplier that cannot give its secret
    Map<String, String> sent() {
        var sent = new LinkedHashMap<String, String>();
        switch (authorization) {
            case null -> {}
            case Bearer(var token) -> {
                String value = oneLine(token.get());
                if (!value.isEmpty()) {
                    sent.put("Authorization", "Bearer " + value);
                }
            }
            case Basic(var user, var password) ->
                    sent.put("Authorization", "Basic " + coded(user, oneLine(password.get())));
        }
        headers.forEach((name, value) -> sent.put(name, oneLine(value.get())));
        return sent;
    }

    /// A header is one line; files end with another.
    private static String oneLine(String value) {
        String line = value.strip();
        if (line.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw new IllegalArgumentException("a secret of several lines cannot be a header");
        }
        return line;
    }

    private static String coded(String user, String password) {
        return Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /// A text that people may see: whatever is secret is taken out of it.
    String conceal(String text) {
        String shown = concealed(text);
        for (String secret : secrets()) {
            shown = shown.replace(secret, HIDDEN);
        }
        return shown;
    }

    /// A text without the credentials that a URL in it may carry.
    public static String concealed(String text) {
        return IN_URL.matcher(text).replaceAll(HIDDEN);
    }

    private List<String> secrets() {
        var all = new ArrayList<String>();
        switch (authorization) {
            case null -> {}
            case Bearer(var token) -> told(token).ifPresent(all::add);
            case Basic(var user, var password) ->
                    told(password)
                            .ifPresent(
                                    word -> {
                                        all.add(coded(user, word));
                                        all.add(word);
                                    });
        }
        headers.values().forEach(value -> told(value).ifPresent(all::add));
        // A tenant named "1" is no secret, and would blot out every figure.
        return all.stream().filter(s -> s.length() >= SECRET_CHARS_MIN).toList();
    }

    private static Optional<String> told(Supplier<String> secret) {
        try {
            return Optional.of(secret.get().strip());
        } catch (RuntimeException _) {
            return Optional.empty(); // What cannot be read cannot have been sent.
        }
    }

    @Override
    public String toString() {
        return "Access[%s%s]"
                .formatted(
                        authorization == null ? "nobody" : authorization.getClass().getSimpleName(),
                        headers.isEmpty() ? "" : ", headers " + headers.keySet());
    }
}
