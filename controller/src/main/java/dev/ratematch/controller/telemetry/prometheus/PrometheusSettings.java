package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.resilience.Limits;
import dev.ratematch.costmodel.units.Check;
import java.net.URI;
import java.util.function.Supplier;

/// Where a Prometheus is and how to talk to it.
///
/// @param url of its root, such as `https://prometheus.monitoring:9090`; what stands before
///   `/api/v1` where it is served under a prefix
/// @param token sent as bearer, asked for at each request so that it may be renewed; empty for none
/// @param caPem certificates that are trusted, PEM; empty for those of the JDK
/// @param bodyBytesMax largest answer that is taken
public record PrometheusSettings(
        URI url, Supplier<String> token, String caPem, Limits limits, int bodyBytesMax) {

    /// Largest answer that is taken: a fleet of 500 pods for five minutes.
    public static final int BODY_BYTES_MAX = 64 << 20;

    public PrometheusSettings {
        if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "prometheus url (%s) must be like http://host:9090.".formatted(url));
        }
        Check.atLeast("bodyBytesMax", bodyBytesMax, 1);
    }

    /// A Prometheus that asks for nothing.
    public static PrometheusSettings of(String url) {
        return new PrometheusSettings(uri(url), () -> "", "", Limits.DEFAULT, BODY_BYTES_MAX);
    }

    private static URI uri(String url) {
        try {
            return URI.create(url.strip().replaceAll("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "prometheus url (%s) must be like http://host:9090.".formatted(url), e);
        }
    }

    /// The same with a bearer token.
    public PrometheusSettings bearer(Supplier<String> other) {
        return new PrometheusSettings(url, other, caPem, limits, bodyBytesMax);
    }

    /// The same with certificates that are trusted.
    public PrometheusSettings trusting(String pem) {
        return new PrometheusSettings(url, token, pem, limits, bodyBytesMax);
    }

    /// The same with other limits.
    public PrometheusSettings limits(Limits other) {
        return new PrometheusSettings(url, token, caPem, other, bodyBytesMax);
    }

    /// The same with another limit of the answer.
    public PrometheusSettings bodyBytesMax(int bytes) {
        return new PrometheusSettings(url, token, caPem, limits, bytes);
    }
}
