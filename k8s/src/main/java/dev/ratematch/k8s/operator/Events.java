package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Kubernetes events. The same change said again is the same event with a higher count: its name is
/// a hash of what it says. An event that cannot be written is logged and never stops a cycle.
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int NOTE_MAX = 1000;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private final KubernetesClient client;
    private final String instance;
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    Events(KubernetesClient client, String instance) {
        this.client = client;
        this.instance = instance;
    }

    void emit(RateMatcher matcher, boolean warning, String reason, String text) {
        String namespace = matcher.getMetadata().getNamespace();
        String name = name(matcher, reason, text);
        String now = MICROS.format(Instant.now());
        int count = counts.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
        try {
            if (count > 1) {
                again(namespace, name, count, now);
                return;
            }
            var event =
                    new EventBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .withNamespace(namespace)
                            .endMetadata()
                            .withEventTime(new MicroTime(now))
                            .withReportingController("ratematch.dev/operator")
                            .withReportingInstance(instance)
                            .withAction("Decide")
                            .withReason(reason)
                            .withType(warning ? "Warning" : "Normal")
                            .withNote(text.length() > NOTE_MAX ? text.substring(0, NOTE_MAX) : text)
                            .withRegarding(
                                    new ObjectReferenceBuilder()
                                            .withApiVersion(matcher.getApiVersion())
                                            .withKind(matcher.getKind())
                                            .withName(matcher.getMetadata().getName())
                                            .withNamespace(namespace)
                                            .withUid(matcher.getMetadata().getUid())
                                            .build())
                            .build();
            client.events().v1().events().inNamespace(namespace).resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == 409) {
                counts.get(name).incrementAndGet(); // an earlier process said it first
            } else {
                counts.remove(name);
                LOG.warn("Event {} of {} was not written: {}", reason, name, e.getMessage());
            }
        }
    }

    /// By the object, not by its name alone: the client would get it first, which is a right that
    /// nothing else needs.
    private void again(String namespace, String name, int count, String now) {
        var event =
                new EventBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .build();
        client.events()
                .v1()
                .events()
                .inNamespace(namespace)
                .resource(event)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        JSON.asJson(
                                Map.of("series", Map.of("count", count, "lastObservedTime", now))));
    }

    private static String name(RateMatcher matcher, String reason, String text) {
        var hash = new CRC32();
        hash.update(
                (matcher.getMetadata().getUid() + reason + text).getBytes(StandardCharsets.UTF_8));
        return "%s.%08x".formatted(matcher.getMetadata().getName(), hash.getValue());
    }
}
