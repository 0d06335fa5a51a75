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
        message = "telemetry.prometheus needs either url or serviceRef, not both")
@ValidationRule(
        value = "!has(self.bearerTokenSecret) || !has(self.basicAuth)",
        message = "telemetry.prometheus takes bearerTokenSecret or basicAuth, not both")
public record PrometheusSpec(
        @JsonPropertyDescription("Base URL, such as http://prometheus.monitoring:9090.")
                @Size(max = 500)
                @Nullable String url,
        @JsonPropertyDescription("Service of the Prometheus server, instead of url.")
                @Nullable ServiceRef serviceRef,
        @JsonPropertyDescription(
                        "Key of a Secret in the RateMatcher's namespace that holds a bearer"
                                + " token.")
                @Nullable SecretKey bearerTokenSecret,
        @JsonPropertyDescription("User name and password, if the server requires them.")
                @Nullable BasicAuth basicAuth,
        @JsonPropertyDescription(
                        "HTTP headers for each query, such as X-Scope-OrgID for a Mimir "
                                + "tenant.")
                @Size(max = 20)
                @Nullable List<Header> headers,
        @JsonPropertyDescription(
                        "Key of a Secret in the RateMatcher's namespace that holds the CA"
                                + " certificate, PEM.")
                @Nullable SecretKey caSecret,
        @JsonPropertyDescription("Client certificate, if the server requires one.")
                @Nullable ClientCertificate clientCertificate,
        @JsonPropertyDescription(
                        "URL parameters for each query, such as partial_response: "
                                + "\"false\" for Thanos. Thanos gets dedup=false unless set here.")
                @Nullable Map<String, String> queryParameters,
        @JsonPropertyDescription(
                        "Regular expressions for warnings that may be ignored, such as "
                                + "one about a store of another cluster. With any other warning "
                                + "the answer counts as incomplete and replica counts stay as "
                                + "they are.")
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
                        "PromQL label matchers of the frontend's series, where users' "
                                + "requests arrive. Default: no frontend.")
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
            @JsonPropertyDescription("Key in the Secret.") @Required @Size(max = 253) String key) {}

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
            message = "a header needs either value or valueSecret, not both")
    public record Header(
            @JsonPropertyDescription("Its name.") @Required @Size(max = 100) String name,
            @JsonPropertyDescription("Value of the header, if it is not secret.") @Size(max = 500)
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
