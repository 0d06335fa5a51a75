package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.fleet.Marks;
import dev.ratematch.k8s.fleet.PodWrites;
import dev.ratematch.k8s.fleet.Routing;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Pods in memory, and what is written to them, in order. Nothing comes or goes by itself.
abstract class FakePods extends FakeNotes implements PodWrites {

    private static final String ROLE_LABEL = "llm-d.ai/role";

    final Map<String, Pod> pods = new LinkedHashMap<>();
    String owner = "";
    int version = 1;
    private @Nullable RuntimeException recallFails;
    private @Nullable RuntimeException drainFails;

    /// Somebody gives a pod another role label; null takes it off.
    void relabel(String pod, @Nullable String role) {
        labelled(Objects.requireNonNull(pods.get(pod)), role);
    }

    /// The role label of a pod; null for none, and where the pod is gone.
    @Nullable String role(String name) {
        var pod = pods.get(name);
        return pod == null ? null : pod.getMetadata().getLabels().get(ROLE_LABEL);
    }

    static void labelled(Pod pod, @Nullable String role) {
        Map<String, String> labels = new TreeMap<>(pod.getMetadata().getLabels());
        if (role == null) {
            labels.remove(ROLE_LABEL);
        } else {
            labels.put(ROLE_LABEL, role);
        }
        pod.getMetadata().setLabels(labels);
    }

    /// A pod's engine starts anew.
    void restart(String pod) {
        report(
                pod,
                """
                podIP: %s
                conditions: [{type: Ready, status: "True"}]
                containerStatuses: [{name: engine, restartCount: 1}]
                """
                        .formatted(pod));
    }

    /// A pod asks for so many GPUs.
    void gpus(String pod, int count) {
        var spec = Objects.requireNonNull(pods.get(pod)).getSpec();
        spec.setContainers(
                List.of(
                        Serialization.unmarshal(
                                "resources: {limits: {nvidia.com/gpu: %d}}".formatted(count),
                                Container.class)));
    }

    /// A new instance that has no node yet.
    void pending(String name, String role) {
        var pod = new PodBuilder(pods.get("workers-0")).build();
        pod.getMetadata().setName(name);
        pod.getMetadata().setUid(name);
        pod.getSpec().setNodeName(null);
        pods.put(name, pod);
        labelled(pod, role);
    }

    /// A pod that nothing owns.
    void stray(String name, String app) {
        pods.put(
                name,
                Serialization.unmarshal(
                        """
                        metadata: {name: %1$s, uid: %1$s, resourceVersion: "1", labels: {app: %2$s}}
                        spec: {nodeName: a}
                        status: {conditions: [{type: Ready, status: "True"}]}
                        """
                                .formatted(name, app),
                        Pod.class));
    }

    /// Somebody has left annotations on a pod.
    Pod annotate(String name, Map<String, String> annotations) {
        var pod = Objects.requireNonNull(pods.get(name));
        pod.getMetadata().setAnnotations(annotations);
        return pod;
    }

    /// A pod ends.
    void lose(String pod) {
        pods.remove(pod);
    }

    void failDrain(@Nullable RuntimeException with) {
        drainFails = with;
    }

    void failRecall(@Nullable RuntimeException with) {
        recallFails = with;
    }

    @Override
    public String owner() {
        return owner;
    }

    /// Those that carry a mark of ours.
    public List<Pod> marked() {
        return pods.values().stream().filter(Marks::marked).toList();
    }

    @Override
    public Pod drain(Pod pod, Routing routing, Instant at) {
        if (drainFails != null) {
            throw drainFails;
        }
        return annotated("drain", pod, Map.of(Api.DRAINING, at.toString(), Api.DRAINED_FOR, owner));
    }

    @Override
    public Pod recall(Pod pod, Routing routing) {
        if (recallFails != null) {
            throw recallFails;
        }
        var marks = pod.getMetadata().getAnnotations();
        String value = marks == null ? null : marks.get(Api.ROUTING_VALUE);
        var next = annotated("recall", pod, Map.of());
        if (value != null) {
            labelled(next, value);
        }
        return next;
    }

    @Override
    public Pod cheapen(Pod pod, Instant at) {
        return annotated("cheapen", pod, Map.of(Api.RELEASED, at.toString()));
    }

    @Override
    public Pod unroute(Pod pod, Routing.RoleLabel label, Instant at) {
        String before = role(pod.getMetadata().getName());
        Map<String, String> marks = new TreeMap<>();
        marks.put(Api.SWITCHING, at.toString());
        marks.put(Api.DRAINED_FOR, owner);
        if (before != null) {
            marks.put(Api.ROUTING_LABEL, label.key());
            marks.put(Api.ROUTING_VALUE, before);
        }
        var next = annotated("unroute", pod, marks);
        labelled(next, label.neither());
        return next;
    }

    @Override
    public Pod bound(Pod pod, String value) {
        Map<String, String> marks = new TreeMap<>(pod.getMetadata().getAnnotations());
        marks.put(Api.SWITCHING_TO, value);
        return annotated("bound " + value, pod, marks);
    }

    @Override
    public Pod route(Pod pod, Routing.RoleLabel label, String value) {
        var next = annotated("route " + value, pod, Map.of());
        labelled(next, value);
        return next;
    }

    @Override
    public void delete(Pod pod) {
        writes.add("delete " + pod.getMetadata().getName());
        lose(pod.getMetadata().getName());
    }

    @Override
    public Pod serving(Pod pod, boolean serving) {
        return annotated(serving ? "open" : "close", pod, Map.of());
    }

    private Pod annotated(String what, Pod pod, Map<String, String> annotations) {
        String name = pod.getMetadata().getName();
        writes.add(what + " " + name);
        var next =
                new PodBuilder(pod)
                        .editMetadata()
                        .withAnnotations(annotations)
                        .withResourceVersion(Integer.toString(++version))
                        .endMetadata()
                        .build();
        pods.put(name, next);
        return next;
    }

    /// A pod as its kubelet reports it.
    void report(String pod, String statusYaml) {
        var next = new PodBuilder(pods.get(pod)).build();
        next.setStatus(Serialization.unmarshal(statusYaml, PodStatus.class));
        pods.put(pod, next);
    }
}
