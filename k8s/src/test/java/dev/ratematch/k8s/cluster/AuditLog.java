package dev.ratematch.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/// What the API server wrote down about every request: who did, who tried, and who never did.
public final class AuditLog {

    private static final String POLICY =
            """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
            - level: None
              nonResourceURLs: ["/healthz*", "/readyz*", "/livez*", "/version", "/openapi/*"]
            - level: Metadata
            """;

    private static final Set<String> WRITES =
            Set.of("create", "update", "patch", "delete", "deletecollection");

    /// Reviews are questions that are asked by "creating" them.
    private static final Set<String> QUESTIONS =
            Set.of("authorization.k8s.io", "authentication.k8s.io");

    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(10);
    private static final String MARKER = "audit-marker-";
    private static final ObjectMapper JSON = new ObjectMapper();

    /// One request that was answered, or a watch that began. A part that a request has not, such as
    /// the namespace of a cluster-wide object, is empty.
    public record Event(
            Instant at,
            String user,
            String agent,
            String verb,
            String group,
            String resource,
            String subresource,
            String namespace,
            String name,
            int code) {

        /// Whether it asked for a change, granted or not.
        public boolean isWrite() {
            return WRITES.contains(verb) && !QUESTIONS.contains(group);
        }

        public boolean succeeded() {
            return code < 400;
        }
    }

    /// Some of the events, in the order of the log.
    public record Events(List<Event> all) {

        public Events {
            all = List.copyOf(all);
        }

        public Events by(String user) {
            return where(e -> e.user().equals(user));
        }

        /// Those of a ServiceAccount.
        public Events byServiceAccount(String namespace, String name) {
            return by("system:serviceaccount:%s:%s".formatted(namespace, name));
        }

        public Events verb(String... verbs) {
            return where(e -> List.of(verbs).contains(e.verb()));
        }

        /// On a resource such as `deployments` or a subresource such as `deployments/scale`.
        public Events on(String resource) {
            return where(
                    e ->
                            resource.equals(
                                    e.subresource().isEmpty()
                                            ? e.resource()
                                            : e.resource() + "/" + e.subresource()));
        }

        public Events in(String namespace) {
            return where(e -> e.namespace().equals(namespace));
        }

        public Events since(Instant instant) {
            return where(e -> !e.at().isBefore(instant));
        }

        /// Writes that were asked for, refused ones included.
        public Events tried() {
            return where(Event::isWrite);
        }

        /// Writes that were carried out.
        public Events wrote() {
            return where(e -> e.isWrite() && e.succeeded());
        }

        /// Requests that RBAC refused.
        public Events forbidden() {
            return where(e -> e.code() == 403);
        }

        /// Reads that succeeded: one at least shows that a name in "never wrote" is right.
        public Events read() {
            return where(e -> !WRITES.contains(e.verb()) && e.succeeded());
        }

        public Events where(Predicate<Event> wanted) {
            return new Events(all.stream().filter(wanted).toList());
        }
    }

    private final Path file;
    private final KubernetesClient client;
    private final Map<String, Event> seen = new LinkedHashMap<>();
    private long position;

    AuditLog(Path file, KubernetesClient client) {
        this.file = file;
        this.client = client;
    }

    static Path writePolicy(Path file) {
        try {
            return Files.writeString(file, POLICY);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Everything up to now. A request is written down just after its answer left, so this first
    /// sends one of its own and waits to find it.
    public Events events() {
        String marker = MARKER + UUID.randomUUID();
        var _ = client.configMaps().inNamespace("default").withName(marker).get();
        return Await.value(
                SETTLE_LIMIT,
                "the audit log has caught up",
                () -> {
                    var events = readOn();
                    return events.where(e -> e.name().equals(marker)).all().isEmpty()
                            ? Optional.empty()
                            : Optional.of(events.where(e -> !e.name().startsWith(MARKER)));
                });
    }

    /// Reads what was added since the last time, and returns everything.
    private synchronized Events readOn() throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(position);
            byte[] added = new byte[Math.toIntExact(in.length() - position)];
            in.readFully(added);
            int end = added.length;
            while (end > 0 && added[end - 1] != '\n') {
                end--; // The rest of a line that is being written comes the next time.
            }
            position += end;
            for (var line : new String(added, 0, end, UTF_8).lines().toList()) {
                var node = JSON.readTree(line);
                // A watch is written down when it begins and when it ends: once is enough.
                seen.put(node.path("auditID").asText(), event(node));
            }
        }
        return new Events(List.copyOf(seen.values()));
    }

    private static Event event(JsonNode node) {
        var object = node.path("objectRef");
        return new Event(
                Instant.parse(node.path("requestReceivedTimestamp").asText()),
                node.path("user").path("username").asText(),
                node.path("userAgent").asText(),
                node.path("verb").asText(),
                object.path("apiGroup").asText(),
                object.path("resource").asText(),
                object.path("subresource").asText(),
                object.path("namespace").asText(),
                object.path("name").asText(),
                node.path("responseStatus").path("code").asInt());
    }
}
