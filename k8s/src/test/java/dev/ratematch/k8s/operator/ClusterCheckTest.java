package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of an API server before anything starts.
class ClusterCheckTest {

    private static Optional<ClusterCheck.Problem> problem(String url) {
        return ClusterCheck.problem(config(url), LeanObjects.serialization());
    }

    private static Config config(String url) {
        return new ConfigBuilder(Config.empty()).withMasterUrl(url).build();
    }

    @ParameterizedTest
    @CsvSource({
        "404, has no RateMatcher CRD; run kubectl apply --server-side -f deploy/crds",
        "401, Check KUBECONFIG",
        "503, Check KUBECONFIG"
    })
    void an_answer_that_is_no_welcome_is_explained(int code, String said) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(code, -1);
                    exchange.close();
                });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            assertThat(problem(url))
                    .hasValueSatisfying(
                            problem -> {
                                assertThat(problem.text()).contains(url, said).doesNotContain("\n");
                                assertThat(problem.passes()).isEqualTo(code >= 500);
                            });
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_recall_says_which_cluster_it_could_not_use() {
        var settings = new RecallSettings(Set.of(), "system", null, false, Duration.ofSeconds(1));
        assertThatThrownBy(() -> Recall.run(config("http://127.0.0.1:1"), settings, _ -> {}))
                .hasMessageContaining(
                        "Not everything was put back: The cluster at http://127.0.0.1:1")
                .hasMessageContaining("Check KUBECONFIG")
                .message()
                .doesNotContain("null");
    }

    @Test
    void where_nobody_answers_it_may_pass() {
        assertThat(problem("http://127.0.0.1:1"))
                .hasValueSatisfying(problem -> assertThat(problem.passes()).isTrue());
    }

    @Test
    void a_cluster_that_knows_ratematchers_is_fine() throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/apis/ratematch.dev/v1alpha1",
                exchange -> {
                    byte[] body =
                            "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"ratematch.dev/v1alpha1\",\"resources\":[]}"
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            assertThat(problem(url)).isEmpty();
        } finally {
            server.stop(0);
        }
    }
}
