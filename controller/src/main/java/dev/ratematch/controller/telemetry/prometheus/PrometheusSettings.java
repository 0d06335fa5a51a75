package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.prometheus.Access.Basic;
import dev.ratematch.controller.telemetry.prometheus.Access.Bearer;
import dev.ratematch.controller.telemetry.resilience.Limits;
import dev.ratematch.costmodel.units.Check;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Where a Prometheus is and how to talk to it.
///
/// @param url of its root, such as `https://prometheus.monitoring:9090`; what stands before
///   `/api/v1` where it is served under a prefix. Never with credentials
/// @param access who asks, and what the server is trusted by
/// @param parameters sent along with every query, such as `partial_response=false`
/// @param accepted warnings of the store that do not make its answer unusable
/// @param bodyBytesMax largest answer that is taken
public record PrometheusSettings(
        URI url,
        Access access,
        Map<String, String> parameters,
        List<Pattern> accepted,
        Limits limits,
        int bodyBytesMax) {

    /// Largest answer that is taken: a fleet of 500 pods for five minutes.
    public static final int BODY_BYTES_MAX = 64 << 20;

    /// What people copy behind the root: the API's own path, or the page that they look at.
    private static final Pattern BEYOND_ROOT =
            Pattern.compile("(/api/v1(/query(_range)?)?|/graph|/query|/targets)?/*$");

    public PrometheusSettings {
        if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                || url.getHost() == null
                || url.getRawUserInfo() != null) {
            throw wrong(url.toString(), "must be like http://host:9090");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw wrong(
                    url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath() + "?...",
                    "must end before the ?; what follows it belongs into query parameters");
        }
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        accepted = List.copyOf(accepted);
        Check.atLeast("bodyBytesMax", bodyBytesMax, 1);
    }

    /// A Prometheus that asks for nothing, or for the user and the password in its URL.
    public static PrometheusSettings of(String url) {
        var given = uri(url);
        String user = given.getUserInfo();
        var bare =
                new PrometheusSettings(
                        user == null ? given : without(given),
                        Access.OPEN,
                        Map.of(),
                        List.of(),
                        Limits.DEFAULT,
                        BODY_BYTES_MAX);
        if (user == null) {
            return bare;
        }
        int colon = user.indexOf(':');
        String password = colon < 0 ? "" : user.substring(colon + 1);
        String name = colon < 0 ? user : user.substring(0, colon);
        return bare.access(Access.OPEN.as(new Basic(name, () -> password)));
    }

    private static URI without(URI given) {
        return URI.create(given.toString().replace("//" + given.getRawUserInfo() + "@", "//"));
    }

    private static URI uri(String url) {
        try {
            return URI.create(BEYOND_ROOT.matcher(url.strip()).replaceFirst(""));
        } catch (IllegalArgumentException e) {
            // Its message repeats the URL, credentials included.
            throw wrong(url, "must be like http://host:9090");
        }
    }

    private static IllegalArgumentException wrong(String url, String what) {
        return new IllegalArgumentException(
                "prometheus url (%s) %s.".formatted(Access.concealedUrl(url), what));
    }

    /// The same, asked in another way.
    public PrometheusSettings access(Access other) {
        return new PrometheusSettings(url, other, parameters, accepted, limits, bodyBytesMax);
    }

    /// The same with a bearer token.
    public PrometheusSettings bearer(Supplier<String> token) {
        return access(access.as(new Bearer(token)));
    }

    /// The same with certificates that are trusted.
    public PrometheusSettings trusting(String pem) {
        return access(access.trusting(pem));
    }

    /// The same with other parameters of every query.
    public PrometheusSettings parameters(Map<String, String> others) {
        return new PrometheusSettings(url, access, others, accepted, limits, bodyBytesMax);
    }

    /// The same with other warnings that are accepted.
    public PrometheusSettings accepted(List<Pattern> others) {
        return new PrometheusSettings(url, access, parameters, others, limits, bodyBytesMax);
    }

    /// The same with other limits.
    public PrometheusSettings limits(Limits other) {
        return new PrometheusSettings(url, access, parameters, accepted, other, bodyBytesMax);
    }

    /// The same with another limit of the answer.
    public PrometheusSettings bodyBytesMax(int bytes) {
        return new PrometheusSettings(url, access, parameters, accepted, limits, bytes);
    }

    boolean accepts(String warning) {
        return accepted.stream().anyMatch(pattern -> pattern.matcher(warning).find());
    }
}
