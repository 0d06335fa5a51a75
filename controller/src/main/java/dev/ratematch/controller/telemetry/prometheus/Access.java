package dev.ratematch.controller.telemetry.prometheus;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
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
    private static final int SECRET_CHARS_MAX = 8000;
    private static final int LOOKED_AT_CHARS = 40_000;

    /// Up to the last `@`: whoever forgets to escape one in a password shows it otherwise.
    private static final Pattern IN_URL = Pattern.compile("(?<=://)[^\\s\"'<>]{1,500}(?=@)");

    /// `name:password@`, without a scheme before it.
    private static final Pattern USER =
            Pattern.compile("(?<![^\\s\"'(=])[^\\s\"'(=:/]{1,100}:[^\\s\"'<>/]{1,500}(?=@)");

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9-]* +\\S+");
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
    public Map<String, String> sent() {
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

    /// The beginning of a text, as people may see it: whatever is secret is taken out of it. What
    /// is cut off is cut off behind the last secret, never within one.
    String conceal(String text) {
        return conceal(text, List.of());
    }

    /// The same without headers that were sent, whose secrets may have been renewed since.
    public String conceal(String text, Collection<String> sent) {
        boolean whole = text.length() <= LOOKED_AT_CHARS;
        String shown = concealed(whole ? text : text.substring(0, LOOKED_AT_CHARS));
        for (String spelling : spellings(sent)) {
            shown = shown.replace(spelling, HIDDEN);
        }
        return whole ? shown : shown.substring(0, Math.max(0, shown.length() - SECRET_CHARS_MAX));
    }

    /// A text without the credentials that a URL in it may carry.
    public static String concealed(String text) {
        return USER.matcher(IN_URL.matcher(text).replaceAll(HIDDEN)).replaceAll(HIDDEN);
    }

    /// A text that should be one URL, without its credentials, however it is spelt.
    public static String concealedUrl(String url) {
        int end = url.lastIndexOf('@');
        int scheme = url.indexOf("://");
        int begin = scheme < 0 || scheme > end ? 0 : scheme + 3;
        return end < 0 ? url : url.substring(0, begin) + HIDDEN + url.substring(end);
    }

    /// The secrets as they are and as a server may spell them, the longest first: one may hold
    /// another.
    private List<String> spellings(Collection<String> sent) {
        var all = new HashSet<String>();
        for (String secret : secrets(sent)) {
            all.add(secret);
            all.add(secret.replaceAll("\\s+", " "));
            all.add(secret.replace("\\", "\\\\").replace("\"", "\\\""));
            all.add(secret.replace("\\", "\\\\").replace("\"", "\\\"").replace("/", "\\/"));
            String html = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
            all.add(html);
            all.add(html.replace("\"", "&quot;").replace("'", "&#39;"));
            all.add(html.replace("\"", "&#34;").replace("'", "&#39;"));
            String percent = URLEncoder.encode(secret, StandardCharsets.UTF_8);
            all.add(percent);
            all.add(percent.replace("+", "%20"));
        }
        // A tenant named "1" is no secret, and would blot out every figure.
        return all.stream()
                .filter(s -> s.length() >= SECRET_CHARS_MIN)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    private List<String> secrets(Collection<String> sent) {
        var all = new ArrayList<>(sent.stream().map(Access::behindScheme).toList());
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
        all.addAll(all.stream().map(Access::behindScheme).toList());
        return all;
    }

    /// "Bearer TOKEN" is two words, the second of which is the secret.
    private static String behindScheme(String value) {
        return SCHEME.matcher(value).matches()
                ? value.substring(value.indexOf(' ') + 1).strip()
                : value;
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
