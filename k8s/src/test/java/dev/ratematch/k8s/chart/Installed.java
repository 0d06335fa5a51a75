package dev.ratematch.k8s.chart;

import dev.ratematch.k8s.chart.Helm.Rendered;
import dev.ratematch.k8s.cluster.AuditLog;
import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The chart's account and rights, on the control plane.
///
/// @param granted verb and resource, such as `patch apps/deployments/scale`
public record Installed(String namespace, String account, Set<String> granted) {

    /// Installs what the chart makes with these options, without its Deployment.
    public static Installed of(Sandbox sandbox, String... options) {
        return installed(sandbox, new Helm().render(options));
    }

    /// Installs what its hooks make before the chart is removed, without their Job.
    public static Installed hooks(Sandbox sandbox) {
        return installed(sandbox, new Helm().hooks());
    }

    /// Installs the chart's Deployment so that its pod gets no node, and returns its name.
    public static String idle(Sandbox sandbox) {
        var deployment = new Helm().render().one(Deployment.class);
        deployment.getSpec().getTemplate().getSpec().setNodeSelector(Map.of("no", "such"));
        var client = sandbox.client();
        var _ = client.resource(deployment).forceConflicts().serverSideApply();
        Await.until(
                Duration.ofSeconds(30),
                "the operator's pod",
                () ->
                        !client.pods()
                                .inNamespace(Helm.NAMESPACE)
                                .withLabelSelector(deployment.getSpec().getSelector())
                                .list()
                                .getItems()
                                .isEmpty());
        return deployment.getMetadata().getName();
    }

    private static Installed installed(Sandbox sandbox, Rendered rendered) {
        var client = sandbox.client();
        var _ =
                client.namespaces()
                        .resource(
                                new NamespaceBuilder()
                                        .withNewMetadata()
                                        .withName(Helm.NAMESPACE)
                                        .endMetadata()
                                        .build())
                        .serverSideApply();
        List<PolicyRule> rules = new ArrayList<>();
        for (var object : rendered.objects()) {
            boolean right =
                    object instanceof ServiceAccount
                            || object instanceof ClusterRole
                            || object instanceof ClusterRoleBinding
                            || object instanceof Role
                            || object instanceof RoleBinding
                            || object instanceof ValidatingAdmissionPolicy
                            || object instanceof ValidatingAdmissionPolicyBinding;
            if (right) {
                var _ = client.resource(object).forceConflicts().serverSideApply();
            }
            boolean people = object.getMetadata().getName().matches(".*-(view|edit)");
            if (object instanceof ClusterRole role && !people) {
                rules.addAll(role.getRules());
            } else if (object instanceof Role role) {
                rules.addAll(role.getRules());
            }
        }
        var granted = new TreeSet<String>();
        Grants.of(rules)
                .verbs()
                .forEach(
                        (resource, verbs) ->
                                verbs.forEach(verb -> granted.add(verb + " " + resource)));
        return new Installed(
                Helm.NAMESPACE,
                rendered.one(ServiceAccount.class).getMetadata().getName(),
                granted);
    }

    /// What was done, in the same words.
    public Set<String> used(AuditLog.Events done) {
        var used = new TreeSet<String>();
        for (var event : done.all()) {
            String group = event.group().isEmpty() ? "" : event.group() + "/";
            String sub = event.subresource().isEmpty() ? "" : "/" + event.subresource();
            used.add(event.verb() + " " + group + event.resource() + sub);
        }
        return used;
    }
}
