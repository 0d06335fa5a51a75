package dev.ratematch.k8s.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the chart's files must be to one another; needs no Helm.
class ChartFilesTest {

    private static final Path DEPLOY = Path.of("../deploy");
    private static final Path CHART = DEPLOY.resolve("chart/ratematch");

    private static ObjectNode yaml(String file) throws IOException {
        return Serialization.unmarshal(Files.readString(CHART.resolve(file)), ObjectNode.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ratematchers.yaml", "gpupools.yaml"})
    void theChartInstallsTheCommittedSchemas(String name) {
        assertThat(CHART.resolve("crds").resolve(name))
                .as("run: cp deploy/crds/*.yaml deploy/chart/ratematch/crds/")
                .hasSameTextualContentAs(DEPLOY.resolve("crds").resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"grafana/fleet.json", "grafana/service.json", "prometheus/rules.yaml"})
    void theChartInstallsTheShippedDashboardsAndRules(String file) {
        var original = Path.of("../dashboards").resolve(file);
        assertThat(CHART.resolve("files").resolve(original.getFileName()))
                .as("run: cp dashboards/%s deploy/chart/ratematch/files/", file)
                .hasSameTextualContentAs(original);
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        var pom =
                Pattern.compile("<artifactId>ratematch-parent</artifactId>\\s*<version>([^<]+)<")
                        .matcher(Files.readString(Path.of("../pom.xml")));
        assertThat(pom.find()).isTrue();
        var chart = yaml("Chart.yaml");
        assertThat(chart.get("version").asText()).isEqualTo(pom.group(1));
        assertThat(chart.get("appVersion").asText()).isEqualTo(pom.group(1));
    }

    @Test
    void everyValueIsInTheSchemaAndEveryPropertyHasADefault() throws IOException {
        var schema = new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile());
        var different = new ArrayList<String>();
        compare("", yaml("values.yaml"), schema, different);
        different.remove("schema only: .global");
        assertThat(different).isEmpty();
    }

    /// Down to where the schema leaves the names open.
    private static void compare(
            String path, JsonNode values, JsonNode schema, List<String> different) {
        var properties = schema.get("properties");
        if (properties == null || !schema.has("additionalProperties")) {
            return;
        }
        values.properties()
                .forEach(
                        entry -> {
                            String name = path + "." + entry.getKey();
                            var child = properties.get(entry.getKey());
                            if (child == null) {
                                different.add("values only: " + name);
                            } else {
                                compare(name, entry.getValue(), child, different);
                            }
                        });
        properties
                .fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!values.has(name) && !path.equals(".resources")) {
                                different.add("schema only: " + path + "." + name);
                            }
                        });
    }
}
