package dev.ratematch.k8s.fleet;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// What this process may change, asked before a move is begun: one that a 403 stops half way has
/// taken pods out of routing by then.
public final class Permissions {

    /// How long an answer stands. A right that is missing may be given at any time.
    static final Duration GRANTED = Duration.ofMinutes(10);

    static final Duration DENIED = Duration.ofSeconds(30);

    private final Function<Right, Optional<Boolean>> asked;
    private final Map<Right, Answer> answers = new ConcurrentHashMap<>();

    /// The right to change something.
    ///
    /// @param verb patch or delete
    /// @param subresource empty for the object itself
    /// @param name empty for every object
    public record Right(
            String verb,
            String group,
            String resource,
            String subresource,
            String namespace,
            String name) {

        /// The right to patch.
        public Right(
                String group, String resource, String subresource, String namespace, String name) {
            this("patch", group, resource, subresource, namespace, name);
        }

        /// For people, as it stands in a role.
        public String title() {
            String whole = subresource.isEmpty() ? resource : resource + "/" + subresource;
            return "%s %s%s in %s"
                    .formatted(verb, whole, name.isEmpty() ? "" : " (" + name + ")", namespace);
        }
    }

    private record Answer(boolean granted, Instant until) {}

    /// By whoever answers.
    ///
    /// @param asked whether a right is granted; empty where nobody says it
    Permissions(Function<Right, Optional<Boolean>> asked) {
        this.asked = asked;
    }

    /// By the API server's own review, which everybody may ask for.
    public static Permissions of(KubernetesClient client) {
        return new Permissions(right -> review(client, right));
    }

    /// The first of some rights that is denied. What nobody can say is taken as granted: the write
    /// itself will tell.
    public Optional<Right> denied(List<Right> rights, Instant now) {
        return rights.stream().filter(right -> !granted(right, now)).findFirst();
    }

    private boolean granted(Right right, Instant now) {
        var known = answers.get(right);
        if (known != null && now.isBefore(known.until())) {
            return known.granted();
        }
        var answer = asked.apply(right);
        answer.ifPresent(
                yes -> answers.put(right, new Answer(yes, now.plus(yes ? GRANTED : DENIED))));
        return answer.orElse(true);
    }

    private static Optional<Boolean> review(KubernetesClient client, Right right) {
        var review =
                new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withVerb(right.verb())
                        .withGroup(right.group())
                        .withResource(right.resource())
                        .withSubresource(right.subresource())
                        .withNamespace(right.namespace())
                        .withName(right.name())
                        .endResourceAttributes()
                        .endSpec()
                        .build();
        try {
            var answer = client.authorization().v1().selfSubjectAccessReview().create(review);
            return answer == null || answer.getStatus() == null
                    ? Optional.empty()
                    : Optional.ofNullable(answer.getStatus().getAllowed());
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }
}
