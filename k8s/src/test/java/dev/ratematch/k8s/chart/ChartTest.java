package dev.ratematch.k8s.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.chart.Helm.Rendered;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The chart, rendered by the real Helm.
@Tag("kube")
class ChartTest {

    private final Helm helm = new Helm();

    private static Container operator(Deployment deployment) {
        var containers = deployment.getSpec().getTemplate().getSpec().getContainers();
        assertThat(containers).hasSize(1);
        return containers.getFirst();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mode=auto",
                "mode=recommend-only",
                "replicas=2",
                "namespaces={llm-a,llm-b}",
                "podMonitor.enabled=true,networkPolicy.egress.enabled=true",
                "prometheusRule.enabled=true,dashboards.enabled=true"
            })
    void isCleanForTheStrictLinter(String values) {
        var output =
                helm.call(
                        "lint",
                        "--strict",
                        Helm.CHART.toString(),
                        "--kube-version",
                        Helm.KUBERNETES,
                        "--set",
                        values);
        assertThat(output.exit()).as("%s%n%s", output.out(), output.err()).isZero();
        assertThat(output.out()).contains("1 chart(s) linted, 0 chart(s) failed");
        assertThat(output.out()).doesNotContain("[WARNING]", "[ERROR]");
    }

    @Test
    void runsUnderTheRestrictedPodSecurityStandard() {
        var pod = helm.render().one(Deployment.class).getSpec().getTemplate().getSpec();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType())
                .isEqualTo("RuntimeDefault");
        var container = pod.getContainers().getFirst().getSecurityContext();
        assertThat(container.getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getCapabilities().getAdd()).isEmpty();
        assertThat(pod.getVolumes())
                .singleElement()
                .satisfies(volume -> assertThat(volume.getEmptyDir()).isNotNull());
        assertThat(Stream.of(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC()))
                .containsOnlyNulls();
    }

    @Test
    void onlyTheOperatorsPodHasItsToken() {
        var rendered = helm.render();
        assertThat(rendered.one(ServiceAccount.class).getAutomountServiceAccountToken()).isFalse();
        var pod = rendered.one(Deployment.class).getSpec().getTemplate().getSpec();
        assertThat(pod.getAutomountServiceAccountToken()).isTrue();
    }

    @Test
    void callsTheOperatorWithItsPortsAndItsLease() {
        var container = operator(helm.render().one(Deployment.class));
        assertThat(container.getArgs())
                .containsExactly(
                        "operator",
                        "--http-port=8080",
                        "--scaler-port=9090",
                        "--leader-elect",
                        "--lease-namespace=$(POD_NAMESPACE)",
                        "--log-format=text",
                        "--log-level=info");
        assertThat(container.getCommand()).isEmpty();
        assertThat(container.getEnv())
                .filteredOn(e -> e.getValueFrom() != null)
                .extracting(e -> e.getName() + "=" + e.getValueFrom().getFieldRef().getFieldPath())
                .containsExactly("POD_NAME=metadata.name", "POD_NAMESPACE=metadata.namespace");
    }

    @Test
    void asksOverHttpWhetherItLivesAndIsReady() {
        var container = operator(helm.render().one(Deployment.class));
        assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/healthz");
        assertThat(container.getStartupProbe().getHttpGet().getPath()).isEqualTo("/healthz");
        assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/readyz");
        assertThat(container.getReadinessProbe().getHttpGet().getPort())
                .isEqualTo(new IntOrString("http"));
    }

    @Test
    void theServiceLeadsToBothPortsOfThePod() {
        var rendered = helm.render("--set", "ports.http=18080");
        var service = rendered.one(Service.class);
        var template = rendered.one(Deployment.class).getSpec().getTemplate();
        assertThat(template.getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
        assertThat(service.getSpec().getPorts())
                .extracting(ServicePort::getPort)
                .containsExactly(18080, 9090);
        assertThat(operator(rendered.one(Deployment.class)).getPorts())
                .extracting(p -> p.getName() + p.getContainerPort())
                .containsExactly("http18080", "grpc9090");
    }

    @Test
    void twoReplicasSpreadAndAreNotEvictedTogether() {
        var alone = helm.render();
        assertThat(alone.all(PodDisruptionBudget.class)).isEmpty();

        var rendered = helm.render("--set", "replicas=2");
        var deployment = rendered.one(Deployment.class);
        var labels = deployment.getSpec().getTemplate().getMetadata().getLabels();
        var budget = rendered.one(PodDisruptionBudget.class).getSpec();
        assertThat(budget.getMaxUnavailable()).isEqualTo(new IntOrString(1));
        assertThat(labels).containsAllEntriesOf(budget.getSelector().getMatchLabels());
        assertThat(deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                .singleElement()
                .satisfies(
                        spread -> {
                            assertThat(spread.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
                            assertThat(labels)
                                    .containsAllEntriesOf(
                                            spread.getLabelSelector().getMatchLabels());
                        });
    }

    @Test
    void namespacedInstallsTellTheOperatorSo() {
        var rendered = helm.render("--set", "namespaces={llm-a,llm-b}");
        assertThat(operator(rendered.one(Deployment.class)).getArgs())
                .contains("--namespaces=llm-a,llm-b");
    }

    @Test
    void withoutLeaderElectionTheOldPodGoesFirst() {
        var deployment = helm.render("--set", "leaderElection.enabled=false").one(Deployment.class);
        assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("Recreate");
        assertThat(operator(deployment).getArgs())
                .contains("--no-leader-elect")
                .noneMatch(arg -> arg.startsWith("--lease-namespace"));
    }

    @Test
    void nobodyReachesAnotherPort() {
        var policy = helm.render().one(NetworkPolicy.class).getSpec();
        assertThat(policy.getPolicyTypes()).containsExactly("Ingress");
        assertThat(policy.getIngress())
                .singleElement()
                .satisfies(
                        rule ->
                                assertThat(rule.getPorts())
                                        .extracting(p -> p.getPort().getStrVal())
                                        .containsExactly("http", "grpc"));
    }

    @Test
    void egressIsLimitedWhereItsPortsAreKnown() {
        var policy =
                helm.render(
                                "--set",
                                "networkPolicy.egress.enabled=true",
                                "--set",
                                "networkPolicy.egress.apiServer.cidrs={10.0.0.1/32}",
                                "--set",
                                "networkPolicy.egress.metrics.ports={8100}")
                        .one(NetworkPolicy.class)
                        .getSpec();
        assertThat(policy.getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(policy.getEgress())
                .flatExtracting(NetworkPolicyEgressRule::getPorts)
                .extracting(NetworkPolicyPort::getPort)
                .extracting(IntOrString::getIntVal)
                .containsExactly(443, 6443, 53, 53, 8100);
        assertThat(policy.getEgress().getFirst().getTo().getFirst().getIpBlock().getCidr())
                .isEqualTo("10.0.0.1/32");
    }

    @Test
    void enginesThatAreToldTheirRoleAreReachedOnTheirPorts() {
        String ports = "networkPolicy.egress.enabled=true,switching.ports={30000}";
        for (boolean enabled : new boolean[] {true, false}) {
            var egress =
                    helm.render("--set", ports + ",switching.enabled=" + enabled)
                            .one(NetworkPolicy.class)
                            .getSpec()
                            .getEgress();
            var found =
                    egress.stream()
                            .flatMap(rule -> rule.getPorts().stream())
                            .map(port -> port.getPort().getIntVal())
                            .toList();
            assertThat(found.contains(30000)).isEqualTo(enabled);
        }
    }

    @Test
    void thePodMonitorKeepsOurLabels() {
        assertThat(helm.render().kinds()).doesNotContain("PodMonitor");
        var monitor =
                helm.render("--set", "podMonitor.enabled=true,podMonitor.labels.release=prometheus")
                        .one(GenericKubernetesResource.class);
        assertThat(monitor.getMetadata().getLabels()).containsEntry("release", "prometheus");
        List<?> endpoints = monitor.get("spec", "podMetricsEndpoints");
        assertThat(endpoints).singleElement().asString().contains("honorLabels=true", "port=http");
    }

    @Test
    void alertsAndDashboardsAreOffUntilAskedForAndArriveAsTheyWereWritten() throws IOException {
        assertThat(helm.render().kinds()).doesNotContain("PrometheusRule", "ConfigMap");
        var rendered = helm.render("--set", "prometheusRule.enabled=true,dashboards.enabled=true");
        var rules = Path.of("../dashboards/prometheus/rules.yaml");
        var wanted =
                Serialization.unmarshal(Files.readString(rules), GenericKubernetesResource.class);
        Object groups = rendered.one(GenericKubernetesResource.class).get("spec", "groups");
        assertThat(groups).isEqualTo(wanted.getAdditionalProperties().get("groups"));
        var map = rendered.one(ConfigMap.class);
        assertThat(map.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
        for (String name : List.of("fleet", "service")) {
            var json = Path.of("../dashboards/grafana/%s.json".formatted(name));
            assertThat(map.getData().get("ratematch-%s.json".formatted(name)))
                    .isEqualTo(Files.readString(json).strip());
        }
    }

    @Test
    void aDigestTakesThePlaceOfTheTag() {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);
        var rendered = helm.render("--set", "image.repository=reg.local/rm,image.digest=" + digest);
        assertThat(operator(rendered.one(Deployment.class)).getImage())
                .isEqualTo("reg.local/rm@" + digest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode=manual | mode | must be one of",
                "replicas=-1 | replicas | minimum",
                "replicas=two | replicas | got string, want integer",
                "replica=2 | replica | additional properties",
                "namespaces={LLM} | namespaces | does not match pattern",
                "ports.http=80 | ports/http | minimum",
                "image.repository= | repository | minLength",
                "telemetrySecrets[0].namespace=llm | telemetrySecrets | missing property 'names'",
                "extraTargets[0].apiGroup=*,extraTargets[0].resource=things | apiGroup | pattern",
                "extraTargets[0].apiGroup=a.b,extraTargets[0].resource=* | resource | pattern",
                "replicas=2,leaderElection.enabled=false | replicas (2) | leaderElection.enabled",
                "ports.http=9090 | ports.scaler must differ | both are 9090",
                "serviceAccount.create=false | serviceAccount.name | is needed",
            })
    void refusesNonsenseAndSaysWhy(String values, String field, String reason) {
        var output = helm.template("--set", values);
        assertThat(output.exit()).isNotZero();
        assertThat(output.err()).contains(field).contains(reason);
    }

    /// Helm shows notes only when it installs, so a copy of the chart has them in a ConfigMap.
    @Test
    void theNotesLeadToAFirstRecommendation(@TempDir Path folder) throws IOException {
        for (String name : List.of("Chart.yaml", "values.yaml", "values.schema.json")) {
            Files.copy(Helm.CHART.resolve(name), folder.resolve(name));
        }
        var templates = Files.createDirectory(folder.resolve("templates"));
        Files.writeString(
                templates.resolve("_notes.tpl"),
                "{{- define \"notes\" }}"
                        + Files.readString(Helm.CHART.resolve("templates/NOTES.txt"))
                        + "{{ end }}");
        Files.writeString(
                templates.resolve("notes.yaml"),
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: notes}
                data: {notes: {{ include "notes" . | toJson }}}
                """);

        var output = helm.template(folder, "--set", "mode=recommend-only");
        assertThat(output.exit()).as(output.err()).isZero();
        String notes =
                Rendered.of(output.out()).one(ConfigMap.class).getData().getOrDefault("notes", "");

        assertThat(notes).contains("kubectl get ratematchers -A", "--set mode=auto");
        var example =
                notes.substring(notes.indexOf("  apiVersion"), notes.indexOf("See what")).strip();
        var parsed = Serialization.unmarshal(example.replaceAll("(?m)^  ", ""), RateMatcher.class);
        assertThat(parsed.getSpec().prefill().scaleTargetRef().name()).isEqualTo("chat-prefill");
        assertThat(example.lines()).hasSize(10);
    }

    @Test
    void theCommittedManifestsAreTheRenderedChart(@TempDir Path folder) throws IOException {
        var output = Helm.bash(".ci/manifests", folder.toString());
        assertThat(output.exit()).as(output.err()).isZero();
        for (String name : List.of("auto.yaml", "recommend-only.yaml")) {
            assertThat(Helm.ROOT.resolve("deploy/manifests").resolve(name))
                    .as("run: make manifests")
                    .hasSameTextualContentAs(folder.resolve(name));
            assertThat(Files.readString(folder.resolve(name)))
                    .doesNotContain("Helm", "helm.sh")
                    .startsWith("# ");
        }
    }
}
