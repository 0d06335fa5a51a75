package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Prometheus server.
@ValidationRule(
        value = "has(self.url) != has(self.serviceRef)",
        message = "telemetry.prometheus takes url or serviceRef, one of the two")
@ValidationRule(
        value = "!has(self.bearerTokenSecret) || !has(self.basicAuth)",
        message = "telemetry.prometheus takes bearerTokenSecret or basicAuth, not both")
public record PrometheusSpec(
        @JsonPropertyDescription("Base address, such as http://prometheus.monitoring:9090.")
                @Size(max = 500)
                @Nullable String url,
        @JsonPropertyDescription("The service in front of it.") @Nullable ServiceRef serviceRef,
        @JsonPropertyDescription(
                        "Key of a Secret in the RateMatcher's namespace that holds a bearer"
                                + " token.")
                @Nullable SecretKey bearerTokenSecret,
        @JsonPropertyDescription("User and password, where it asks for them.")
                @Nullable BasicAuth basicAuth,
        @JsonPropertyDescription(
                        "Headers of every query, such as X-Scope-OrgID for a tenant of Mimir.")
                @Size(max = 20)
                @Nullable List<Header> headers,
        @JsonPropertyDescription(
                        "Key of a Secret in the RateMatcher's namespace that holds the CA"
                                + " certificate, PEM.")
                @Nullable SecretKey caSecret,
        @JsonPropertyDescription("A certificate of ours, where the server wants one.")
                @Nullable ClientCertificate clientCertificate,
        @JsonPropertyDescription(
                        "Sent along with every query, such as partial_response: \"false\" for Thanos,"
                                + " which is asked with dedup=false unless this says otherwise.")
                @Nullable Map<String, String> queryParameters,
        @JsonPropertyDescription(
                        "Regular expressions of warnings that do not make an answer unusable, such"
                                + " as of a store of another cluster. Any other warning holds the"
                                + " fleet.")
                @Size(max = 20)
                @Nullable List<String> acceptWarnings,
        @JsonPropertyDescription(
                        "PromQL label matchers of the prefill pods' series. Default: the"
                                + " labels namespace and pod, by the target's name.")
                @Size(max = 500)
                @Nullable String prefillSelector,
        @JsonPropertyDescription(
                        "PromQL label matchers of the decode pods' series. Default: the labels"
                                + " namespace and pod, by the target's name.")
                @Size(max = 500)
                @Nullable String decodeSelector,
        @JsonPropertyDescription(
                        "PromQL label matchers of the frontend's series, where users' requests"
                                + " arrive; none by default.")
                @Size(max = 500)
                @Nullable String frontendSelector) {

    /// A service.
    public record ServiceRef(
            @JsonPropertyDescription("Namespace of the service. Default: the RateMatcher's.")
                    @Size(max = 63)
                    @Nullable String namespace,
            @JsonPropertyDescription("Name of the service.") @Required @Size(max = 63) String name,
            @JsonPropertyDescription("Port of the service. Default: 9090.")
                    @Default("9090")
                    @Min(1)
                    @Max(65535)
                    @Nullable Integer port,
            @JsonPropertyDescription("http or https. Default: http.")
                    @Default("http")
                    @Size(max = 5)
                    @Nullable String scheme) {}

    /// One key of a Secret.
    public record SecretKey(
            @JsonPropertyDescription("Name of the Secret.") @Required @Size(max = 253) String name,
            @JsonPropertyDescription("Key in it.") @Required @Size(max = 253) String key) {}

    /// A user.
    public record BasicAuth(
            @JsonPropertyDescription("The user.") @Required @Size(max = 253) String username,
            @JsonPropertyDescription(
                            "Key of a Secret in the RateMatcher's namespace that holds the"
                                    + " password.")
                    @Required
                    SecretKey passwordSecret) {}

    /// A header.
    @ValidationRule(
            value = "has(self.value) != has(self.valueSecret)",
            message = "a header takes value or valueSecret, one of the two")
    public record Header(
            @JsonPropertyDescription("Its name.") @Required @Size(max = 100) String name,
            @JsonPropertyDescription("Its value, where that is no secret.") @Size(max = 500)
                    @Nullable String value,
            @JsonPropertyDescription(
                            "Key of a Secret in the RateMatcher's namespace that holds the value.")
                    @Nullable SecretKey valueSecret) {}

    /// A certificate and its key.
    public record ClientCertificate(
            @JsonPropertyDescription("Key of a Secret that holds the certificate, PEM.") @Required
                    SecretKey certificateSecret,
            @JsonPropertyDescription("Key of a Secret that holds its private key, PEM.") @Required
                    SecretKey keySecret) {}
}
