package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiCallsTest {

    @ParameterizedTest
    @CsvSource({
        "/api/v1/namespaces/llm/pods, pods",
        "/api/v1/namespaces/llm/pods/a, pods",
        "/api/v1/namespaces/llm/pods/a/status, pods/status",
        "/api/v1/nodes, nodes",
        "/api/v1/namespaces/llm, namespaces",
        "/apis/apps/v1/namespaces/llm/deployments/chat/scale, deployments/scale",
        "/apis/ratematch.dev/v1alpha1/ratematchers, ratematchers",
        "/version, other",
        "/apis, other",
        "'/', other",
    })
    void resourcesAreToldWithoutNames(String path, String resource) {
        assertThat(ApiCalls.resource(URI.create("https://host" + path))).isEqualTo(resource);
    }

    @Test
    void aWatchIsNoGet() {
        assertThat(ApiCalls.verb("GET", URI.create("https://host/api/v1/pods?watch=true")))
                .isEqualTo("watch");
        assertThat(ApiCalls.verb("PATCH", URI.create("https://host/api/v1/pods/a")))
                .isEqualTo("patch");
    }
}
