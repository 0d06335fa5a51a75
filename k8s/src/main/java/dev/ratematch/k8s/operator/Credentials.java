package dev.ratematch.k8s.operator;

import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.controller.telemetry.prometheus.Access.Basic;
import dev.ratematch.controller.telemetry.prometheus.Access.Bearer;
import dev.ratematch.controller.telemetry.prometheus.Access.ClientCertificate;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.k8s.api.PrometheusSpec;
import dev.ratematch.k8s.api.PrometheusSpec.SecretKey;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// How a Prometheus is asked, by the Secrets that a RateMatcher names.
///
/// @param namespace of the RateMatcher, and so of its Secrets
record Credentials(ClusterView cluster, String namespace) {

    /// @throws RefusedException when what the spec names cannot be used
    PrometheusSettings settings(String url, PrometheusSpec spec) {
        try {
            var settings = PrometheusSettings.of(url);
            if (settings.access().authorization() != null) {
                throw new RefusedException(
                        "SpecInvalid",
                        "spec.telemetry.prometheus.url (%s) must not hold a password; use basicAuth."
                                .formatted(Access.concealedUrl(url)));
            }
            return settings.access(access(spec))
                    .parameters(Objects.requireNonNullElse(spec.queryParameters(), Map.of()))
                    .accepted(
                            Objects.requireNonNullElse(spec.acceptWarnings(), List.<String>of())
                                    .stream()
                                    .map(Credentials::pattern)
                                    .toList());
        } catch (IllegalArgumentException e) {
            throw new RefusedException("SpecInvalid", "spec.telemetry." + e.getMessage());
        }
    }

    /// Reads each Secret once, so that one that is missing is said before anything is asked.
    private Access access(PrometheusSpec spec) {
        var access = Access.OPEN;
        var token = spec.bearerTokenSecret();
        if (token != null) {
            secret(token);
            access = access.as(new Bearer(() -> secret(token)));
        }
        var basic = spec.basicAuth();
        if (basic != null) {
            secret(basic.passwordSecret());
            access = access.as(new Basic(basic.username(), () -> secret(basic.passwordSecret())));
        }
        for (var header :
                Objects.requireNonNullElse(spec.headers(), List.<PrometheusSpec.Header>of())) {
            var hidden = header.valueSecret();
            if (hidden != null) {
                secret(hidden);
            }
            String open = Objects.requireNonNullElse(header.value(), "");
            access = access.header(header.name(), () -> hidden == null ? open : secret(hidden));
        }
        var ca = spec.caSecret();
        if (ca != null) {
            access = access.trusting(secret(ca));
        }
        var ours = spec.clientCertificate();
        return ours == null
                ? access
                : access.proving(
                        new ClientCertificate(
                                secret(ours.certificateSecret()), secret(ours.keySecret())));
    }

    private String secret(SecretKey key) {
        return cluster.secret(namespace, key.name(), key.key());
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "prometheus.acceptWarnings (%s) must be a regular expression: %s."
                            .formatted(text, e.getDescription()),
                    e);
        }
    }
}
