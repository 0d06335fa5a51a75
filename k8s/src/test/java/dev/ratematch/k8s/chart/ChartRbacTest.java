package dev.ratematch.k8s.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.chart.Helm.Rendered;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the operator may do, in every way of installing it.
@Tag("kube")
class ChartRbacTest {

    /// Status, events, memory, the gate and the lease are its own; nothing that serves traffic is
    /// among them.
    private static final Set<String> OWN =
            Set.of(
                    "ratematch.dev/ratematchers/status",
                    "ratematch.dev/gpupools/status",
                    // The readiness gate: pods that have it serve in neither mode without.
                    "pods/status",
                    "configmaps",
                    "events.k8s.io/events");

    private static final Path PAGE = Helm.ROOT.resolve("docs/operator.md");

    private final Helm helm = new Helm();

    private static Grants cluster(Rendered rendered) {
        return Grants.of(rendered.named(ClusterRole.class, Helm.RELEASE).getRules());
    }

    @Test
    void grantsWritesOnScalesPodsAndStatusOnly() {
        assertThat(cluster(helm.render()).written())
                .containsExactlyInAnyOrderElementsOf(
                        union(
                                OWN,
                                Set.of(
                                        "pods",
                                        "ratematch.dev/ratematchers",
                                        "apps/deployments/scale",
                                        "apps/statefulsets/scale",
                                        "leaderworkerset.x-k8s.io/leaderworkersets/scale")));
    }

    @Test
    void scalesOfKnownKindsAreOnlyPatched() {
        cluster(helm.render())
                .verbs()
                .forEach(
                        (resource, verbs) -> {
                            if (resource.endsWith("/scale")) {
                                assertThat(verbs).as(resource).containsExactly("patch");
                            }
                        });
    }

    @Test
    void recommendOnlyGrantsNoWriteOnTargets() {
        var rendered =
                helm.render(
                        "--set",
                        "mode=recommend-only",
                        "--set-json",
                        "extraTargets=[{\"apiGroup\":\"nvidia.com\",\"resource\":\"things\"},"
                                + "{\"apiGroup\":\"example.com\",\"resource\":\"sets\",\"scale\":false}]");

        assertThat(cluster(rendered).written()).isEqualTo(OWN);
        assertThat(cluster(rendered).of("apps/deployments/scale")).isEmpty();
        assertThat(cluster(rendered).of("example.com/sets"))
                .containsExactlyInAnyOrder("get", "list", "watch");
    }

    @Test
    void podsAreDeletedOnlyWhereInstancesSwitchRolesAndDecisionsAreCarriedOut() {
        String[] on = {"--set", "switching.enabled=true"};
        assertThat(cluster(helm.render()).of("pods")).doesNotContain("delete");
        assertThat(cluster(helm.render(on)).of("pods")).contains("patch", "delete");
        assertThat(cluster(helm.render(on[0], on[1] + ",mode=recommend-only")).of("pods"))
                .doesNotContain("delete", "patch");
        assertThat(cluster(helm.render(on)).written()).isEqualTo(cluster(helm.render()).written());
    }

    @Test
    void podsAreGuardedWhereTheyMayBePatchedAndApiServersKnowHow() {
        assertThat(helm.render().kinds()).contains("ValidatingAdmissionPolicy");
        for (String without :
                List.of("podPolicy.enabled=false", "mode=recommend-only", "namespaces={llm}")) {
            assertThat(helm.render("--set", without).kinds())
                    .as(without)
                    .doesNotContain("ValidatingAdmissionPolicy");
        }
        assertThat(helm.render("--kube-version", "1.29.0").kinds())
                .doesNotContain("ValidatingAdmissionPolicy");
    }

    @Test
    void claimsAreReadInBothModes() {
        for (String mode : List.of("auto", "recommend-only")) {
            assertThat(
                            cluster(helm.render("--set", "mode=" + mode))
                                    .of("resource.k8s.io/resourceclaimtemplates"))
                    .containsExactly("get");
        }
    }

    @Test
    void whatRunsBeforeARemovalPutsPodsBackAndScalesNothingButTheOperator() {
        var hooks = helm.hooks();
        var everywhere = Grants.of(hooks.one(ClusterRole.class).getRules());
        assertThat(everywhere.written())
                .containsExactlyInAnyOrder("pods", "pods/status", "ratematch.dev/ratematchers");
        var own = hooks.one(Role.class);
        assertThat(own.getMetadata().getNamespace()).isEqualTo(Helm.NAMESPACE);
        assertThat(own.getRules())
                .filteredOn(rule -> !rule.getResources().equals(List.of("pods")))
                .allSatisfy(rule -> assertThat(rule.getResourceNames()).hasSize(1));
        var job = hooks.one(Job.class);
        assertThat(job.getMetadata().getAnnotations()).containsEntry("helm.sh/hook", "pre-delete");
        assertThat(args(job))
                .containsExactly(
                        "recall", "--lease-namespace=" + Helm.NAMESPACE, "--stop=ratematch");
        assertThat(job.getSpec().getActiveDeadlineSeconds()).isEqualTo(240);
        assertThat(job.getSpec().getTemplate().getMetadata().getLabels())
                .containsEntry("app.kubernetes.io/name", "ratematch-recall");
        assertThat(helm.hooks("--set", "recall.enabled=false").objects()).isEmpty();
    }

    @Test
    void anUpgradeToRecommendOnlyPutsPodsBackAndLeavesTheOperatorAlone() {
        var jobs = helm.hooks("--set", "mode=recommend-only").all(Job.class);
        var upgrade = jobs.getLast();
        assertThat(upgrade.getMetadata().getAnnotations())
                .containsEntry("helm.sh/hook", "post-upgrade");
        assertThat(args(upgrade)).contains("--keep-lease").noneMatch(a -> a.startsWith("--stop"));
        assertThat(args(jobs.getFirst())).contains("--stop=ratematch");
    }

    @Test
    void inNamespacesItsRightsAreThereOnly() {
        var hooks = helm.hooks("--set", "namespaces={llm-a,llm-b}");
        assertThat(hooks.kinds()).noneMatch(kind -> kind.startsWith("Cluster"));
        assertThat(hooks.all(Role.class))
                .extracting(role -> role.getMetadata().getNamespace())
                .containsExactlyInAnyOrder("llm-a", "llm-b", Helm.NAMESPACE);
        assertThat(args(hooks.one(Job.class))).contains("--namespaces=llm-a,llm-b");
    }

    private static List<String> args(Job job) {
        return job.getSpec().getTemplate().getSpec().getContainers().getFirst().getArgs();
    }

    @Test
    void namespacedInstallsMakeNothingClusterWide() {
        var rendered = helm.render("--set", "namespaces={llm-a,llm-b}");

        assertThat(rendered.kinds()).noneMatch(kind -> kind.startsWith("Cluster"));
        for (String namespace : List.of("llm-a", "llm-b")) {
            var role =
                    rendered.all(Role.class).stream()
                            .filter(r -> r.getMetadata().getNamespace().equals(namespace))
                            .toList();
            assertThat(role).hasSize(1);
            var grants = Grants.of(role.getFirst().getRules());
            assertThat(grants.of("apps/deployments/scale")).containsExactly("patch");
            assertThat(grants.of("nodes")).isEmpty();
            assertThat(grants.of("ratematch.dev/gpupools")).isEmpty();
        }
    }

    @Test
    void everyRoleIsBoundToTheOperatorsAccount() {
        var rendered =
                helm.render(
                        "--set-json",
                        "telemetrySecrets=[{\"namespace\":\"llm\",\"names\":[\"token\"]}]");
        var account = rendered.one(ServiceAccount.class).getMetadata();

        assertThat(rendered.one(ClusterRoleBinding.class).getRoleRef().getName())
                .isEqualTo(Helm.RELEASE);
        var subjects =
                Stream.concat(
                        rendered.one(ClusterRoleBinding.class).getSubjects().stream(),
                        rendered.all(RoleBinding.class).stream()
                                .flatMap(b -> b.getSubjects().stream()));
        assertThat(subjects)
                .hasSize(3)
                .containsOnly(
                        new Subject(null, "ServiceAccount", account.getName(), Helm.NAMESPACE));
        assertThat(names(rendered.all(RoleBinding.class)))
                .isEqualTo(names(rendered.all(Role.class)));
    }

    @Test
    void noRuleHasAWildcardOrNamesARoleOfAnyone() {
        var rendered = helm.render();
        for (var rule : rules(rendered)) {
            assertThat(
                            Stream.of(rule.getApiGroups(), rule.getResources(), rule.getVerbs())
                                    .flatMap(List::stream))
                    .as("%s", rule)
                    .doesNotContain("*", "escalate", "bind", "impersonate");
            assertThat(rule.getApiGroups()).doesNotContain("rbac.authorization.k8s.io");
        }
    }

    @Test
    void secretsAreReadByNameOrNotAtAll() {
        assertThat(rules(helm.render()))
                .flatExtracting(PolicyRule::getResources)
                .doesNotContain("secrets");

        var rendered =
                helm.render(
                        "--set-json",
                        "telemetrySecrets=[{\"namespace\":\"llm\",\"names\":[\"token\",\"ca\"]}]");
        var role = rendered.named(Role.class, "ratematch-telemetry-0");
        assertThat(role.getMetadata().getNamespace()).isEqualTo("llm");
        assertThat(role.getRules())
                .singleElement()
                .satisfies(
                        rule -> {
                            assertThat(rule.getResources()).containsExactly("secrets");
                            assertThat(rule.getResourceNames()).containsExactly("token", "ca");
                            assertThat(rule.getVerbs()).containsExactly("get");
                        });
    }

    @Test
    void theLeaseIsItsOwn() {
        var role = helm.render().one(Role.class);
        assertThat(role.getMetadata().getNamespace()).isEqualTo(Helm.NAMESPACE);
        assertThat(Grants.of(role.getRules()).of("coordination.k8s.io/leases"))
                .containsExactlyInAnyOrder("get", "create", "update", "patch");
        assertThat(role.getRules())
                .filteredOn(rule -> rule.getResourceNames().isEmpty())
                .flatExtracting(PolicyRule::getVerbs)
                .containsExactly("create");
        assertThat(helm.render("--set", "leaderElection.enabled=false").all(Role.class)).isEmpty();
    }

    @Test
    void extraTargetsAreScaledOrPatchedAsTheySay() {
        var grants =
                cluster(
                        helm.render(
                                "--set-json",
                                "extraTargets=[{\"apiGroup\":\"nvidia.com\",\"resource\":\"things\"},"
                                        + "{\"apiGroup\":\"example.com\",\"resource\":\"sets\",\"scale\":false}]"));

        assertThat(grants.of("nvidia.com/things"))
                .containsExactlyInAnyOrder("get", "list", "watch");
        assertThat(grants.of("nvidia.com/things/scale")).containsExactly("get", "patch");
        assertThat(grants.of("example.com/sets"))
                .containsExactlyInAnyOrder("get", "list", "watch", "patch");
        assertThat(grants.of("example.com/sets/scale")).isEmpty();
    }

    @Test
    void nodesAreReadOnlyToDetectTheGpu() {
        assertThat(cluster(helm.render()).of("nodes")).containsExactly("get");
        assertThat(cluster(helm.render("--set", "detectGpu=false")).of("nodes")).isEmpty();
    }

    @Test
    void peopleMayEditRateMatchersWhereTheyMayEdit() {
        var view = helm.render().named(ClusterRole.class, "ratematch-view");
        assertThat(view.getMetadata().getLabels())
                .containsEntry("rbac.authorization.k8s.io/aggregate-to-view", "true");
        assertThat(Grants.of(view.getRules()).written()).isEmpty();
        assertThat(helm.render("--set", "rbac.aggregate=false").all(ClusterRole.class)).hasSize(1);
    }

    @Test
    void nothingIsGrantedWhereSomebodyElseDoesIt() {
        assertThat(helm.render("--set", "rbac.create=false").kinds())
                .noneMatch(kind -> kind.contains("Role"));
    }

    /// `-Dratematch.docs=write` writes the table into the page.
    @Test
    void theTableOfThePageIsWhatTheChartGrants() throws IOException {
        String page = Files.readString(PAGE);
        var auto = cluster(helm.render());
        var recommend = cluster(helm.render("--set", "mode=recommend-only"));
        var lease = Grants.of(helm.render().one(Role.class).getRules());
        var table =
                new StringBuilder(
                        "| resource | mode=auto | mode=recommend-only |\n|---|---|---|\n");
        auto.verbs().forEach((resource, _) -> row(table, resource, auto, recommend));
        lease.verbs()
                .forEach((resource, _) -> row(table, resource + " (its own)", lease, resource));
        String written =
                page.replaceFirst(
                        "(?s)<!-- rbac -->.*<!-- /rbac -->",
                        "<!-- rbac -->\n" + table + "<!-- /rbac -->");
        if ("write".equals(System.getProperty("ratematch.docs"))) {
            Files.writeString(PAGE, written);
        }
        assertThat(PAGE).as("run: make test-chart ARGS=-Dratematch.docs=write").hasContent(written);
    }

    private static void row(StringBuilder table, String resource, Grants auto, Grants recommend) {
        table.append(
                "| %s | %s | %s |%n"
                        .formatted(
                                resource,
                                String.join(", ", auto.of(resource)),
                                recommend.of(resource).isEmpty()
                                        ? "-"
                                        : String.join(", ", recommend.of(resource))));
    }

    private static void row(StringBuilder table, String label, Grants both, String resource) {
        String verbs = String.join(", ", both.of(resource));
        table.append("| %s | %s | %s |%n".formatted(label, verbs, verbs));
    }

    private static List<PolicyRule> rules(Rendered rendered) {
        return Stream.concat(
                        rendered.all(ClusterRole.class).stream().map(ClusterRole::getRules),
                        rendered.all(Role.class).stream().map(Role::getRules))
                .flatMap(List::stream)
                .toList();
    }

    private static Set<String> names(List<? extends HasMetadata> objects) {
        return objects.stream().map(o -> o.getMetadata().getName()).collect(Collectors.toSet());
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        return Stream.concat(a.stream(), b.stream()).collect(Collectors.toSet());
    }
}
