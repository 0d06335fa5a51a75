package dev.ratematch.k8s.aot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.operator.OperatorSettings;
import dev.ratematch.k8s.operator.RatematchOperator;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the image's cache is learnt from goes as far as a start in a cluster does: a cache of less
/// would be as good as none, and nobody would see why.
class ApiStandInTest {

    @Test
    void anOperatorLeadsReadsAServiceAndWritesItsStatus(@TempDir Path folder) throws IOException {
        try (var api = new ApiStandIn(folder)) {
            var config = Config.fromKubeconfig(Files.readString(api.kubeconfig()));
            var client = new KubernetesClientBuilder().withConfig(config).build();
            var settings =
                    new OperatorSettings(
                            Set.of(), 0, 0, "default", "trained", Duration.ofSeconds(2), 2);
            try (var operator = new RatematchOperator(client, settings)) {
                operator.start();
                Await.until(Duration.ofMinutes(1), "telemetry is read", api::served);
                assertThat(operator.scalerPort()).isPositive();
            }
        }
    }
}
