package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.HashMap;
import java.util.Map;

/// Nodes as their kubelet registers them.
final class Nodes {

    static final String GPU = "nvidia.com/gpu";

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private Nodes() {}

    static void add(KubernetesClient client, String name, int gpus, Map<String, String> labels) {
        var all = new HashMap<>(labels);
        all.put("kubernetes.io/hostname", name);
        var capacity =
                Map.of(
                        "cpu",
                        new Quantity("256"),
                        "memory",
                        new Quantity("2Ti"),
                        "pods",
                        new Quantity("500"),
                        GPU,
                        new Quantity("" + gpus));
        var node =
                new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(all)
                        .endMetadata()
                        .build();
        var _ = client.nodes().resource(node).create();
        var status =
                new NodeBuilder(node)
                        .withNewStatus()
                        .withCapacity(capacity)
                        .withAllocatable(capacity)
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .withReason("KubeletReady")
                        .endCondition()
                        .endStatus()
                        .build();
        var _ = client.nodes().resource(status).patchStatus();
        // Admission marks every new node; the controller that takes this back is not running.
        var _ = client.nodes().withName(name).patch(MERGE, "{\"spec\":{\"taints\":null}}");
    }

    static void lose(KubernetesClient client, String name) {
        var _ =
                client.nodes()
                        .withName(name)
                        .patch(
                                MERGE,
                                "{\"spec\":{\"taints\":[{\"key\":\"node.kubernetes.io/unreachable\","
                                        + "\"effect\":\"NoSchedule\"}]}}");
        var _ =
                client.nodes()
                        .withName(name)
                        .subresource("status")
                        .patch(
                                PatchContext.of(PatchType.STRATEGIC_MERGE),
                                "{\"status\":{\"conditions\":[{\"type\":\"Ready\","
                                        + "\"status\":\"Unknown\",\"reason\":\"NodeStatusUnknown\"}]}}");
    }
}
