package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Kubernetes events. The same change said again is the same event with a higher count: its name is
/// a hash of what it says. One that has expired on the server is written anew. An event that cannot
/// be written is logged and never stops a cycle.
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int NOTE_MAX = 1000;

    /// Of a series; a single event has none.
    private static final int SECOND = 2;

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final String instance;
    private final Counts counts = new Counts();

    Events(KubernetesClient client, String instance) {
        this.client = client;
        this.instance = instance;
    }

    void emit(RateMatcher matcher, boolean warning, String reason, String text) {
        var of = matcher.getMetadata();
        // Events expire, and whoever looks later has the log.
        LOG.atLevel(warning ? Level.WARN : Level.INFO)
                .log("{}/{}: {}: {}", of.getNamespace(), of.getName(), reason, text);
        var event = event(matcher, warning, reason, text);
        String name = event.getMetadata().getName();
        int count = counts.next(name);
        try {
            if (count == 1) {
                first(event);
            } else {
                again(event, count);
            }
        } catch (KubernetesClientException e) {
            counts.forget(name);
            LOG.warn("Event {} of {} was not written: {}", reason, name, e.getMessage());
        }
    }

    private void first(Event event) {
        try {
            create(event);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            // An earlier process said it, or we did and have forgotten.
            patch(event, counts.next(event.getMetadata().getName()));
        }
    }

    private void again(Event event, int count) {
        try {
            patch(event, count);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            counts.restart(event.getMetadata().getName());
            create(event);
        }
    }

    private void create(Event event) {
        var _ = at(event).create();
    }

    /// By the object, not by its name alone: the client would get it first, which is a right that
    /// nothing else needs.
    private void patch(Event event, int count) {
        var _ =
                at(event)
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                client.getKubernetesSerialization()
                                        .asJson(
                                                Map.of(
                                                        "series",
                                                        Map.of(
                                                                "count",
                                                                Math.max(SECOND, count),
                                                                "lastObservedTime",
                                                                MICROS.format(Instant.now())))));
    }

    private Resource<Event> at(Event event) {
        return client.events()
                .v1()
                .events()
                .inNamespace(event.getMetadata().getNamespace())
                .resource(event);
    }

    private Event event(RateMatcher matcher, boolean warning, String reason, String text) {
        String namespace = matcher.getMetadata().getNamespace();
        return new EventBuilder()
                .withNewMetadata()
                .withName(name(matcher, reason, text))
                .withNamespace(namespace)
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(Instant.now())))
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
    }

    private static String name(RateMatcher matcher, String reason, String text) {
        var hash = new CRC32();
        hash.update(
                (matcher.getMetadata().getUid() + reason + text).getBytes(StandardCharsets.UTF_8));
        return "%s.%08x".formatted(matcher.getMetadata().getName(), hash.getValue());
    }
}
