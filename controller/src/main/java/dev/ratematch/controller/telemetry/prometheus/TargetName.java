package dev.ratematch.controller.telemetry.prometheus;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a target is called, whatever its scraper calls the labels; empty where there is none.
///
/// @param instance its address as the scraper has it
record TargetName(String namespace, String pod, String instance) {

    /// Spellings of relabelling rules and collectors, the most telling first.
    private static final List<String> PODS =
            List.of(
                    "pod",
                    "pod_name",
                    "kubernetes_pod_name",
                    "kubernetes_pod",
                    "k8s_pod_name",
                    "k8s_pod",
                    "hostname");

    private static final List<String> NAMESPACES =
            List.of(
                    "namespace",
                    "kubernetes_namespace",
                    "kubernetes_namespace_name",
                    "k8s_namespace_name",
                    "k8s_namespace");

    private static final List<String> INSTANCES = List.of("instance", "service_instance_id");

    private static final String EXPORTED = "exported_";

    /// Every label that may be a part of a name.
    static final List<String> LABELS =
            Stream.of(NAMESPACES, PODS, INSTANCES)
                    .flatMap(List::stream)
                    .flatMap(label -> Stream.of(label, EXPORTED + label))
                    .toList();

    /// The name that these labels give.
    ///
    /// @param federated whether labels that another scraper had set come before those of this one
    static TargetName of(Map<String, String> labels, boolean federated) {
        return new TargetName(
                first(labels, NAMESPACES, federated),
                first(labels, PODS, federated),
                first(labels, INSTANCES, federated));
    }

    /// Whether another scraper may have set labels before.
    static boolean exported(Map<String, String> labels) {
        return !first(labels, PODS, EXPORTED).isEmpty()
                || !first(labels, INSTANCES, EXPORTED).isEmpty();
    }

    private static String first(
            Map<String, String> labels, List<String> spellings, boolean federated) {
        String exported = federated ? first(labels, spellings, EXPORTED) : "";
        return exported.isEmpty() ? first(labels, spellings, "") : exported;
    }

    private static String first(Map<String, String> labels, List<String> spellings, String before) {
        for (String spelling : spellings) {
            String value = labels.getOrDefault(before + spelling, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    /// Whether a label is one of those that the name is made of.
    static boolean names(String label) {
        String bare = label.startsWith(EXPORTED) ? label.substring(EXPORTED.length()) : label;
        return PODS.contains(bare) || NAMESPACES.contains(bare) || INSTANCES.contains(bare);
    }

    /// The pod, or the address where no pod is known.
    String shortly() {
        return !pod.isEmpty() ? pod : instance.isEmpty() ? "without a name" : instance;
    }

    /// For people; ports of one pod differ in it.
    String title() {
        return pod.isEmpty() || instance.isEmpty() ? shortly() : "%s (%s)".formatted(pod, instance);
    }

    /// Whether both may be one pod: neither says otherwise.
    boolean mayBe(TargetName other) {
        boolean named = !pod.isEmpty() && !other.pod.isEmpty();
        boolean samePlace =
                namespace.isEmpty()
                        || other.namespace.isEmpty()
                        || namespace.equals(other.namespace);
        boolean sameAddress = !instance.isEmpty() && instance.equals(other.instance);
        return samePlace && (named ? pod.equals(other.pod) : sameAddress);
    }

    /// Whether both are sockets of one host that differ in the number of the port.
    boolean otherPort(TargetName other) {
        int colon = instance.lastIndexOf(':');
        int others = other.instance.lastIndexOf(':');
        return colon > 0
                && colon == others
                && !instance.equals(other.instance)
                && instance.regionMatches(0, other.instance, 0, colon)
                && number(instance.substring(colon + 1))
                && number(other.instance.substring(others + 1));
    }

    private static boolean number(String text) {
        return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
    }
}
