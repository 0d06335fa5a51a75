package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.RateMatcherStatus.ResolvedRole;
import dev.ratematch.k8s.fleet.Ownership;
import dev.ratematch.k8s.fleet.Selectors;
import dev.ratematch.k8s.fleet.TargetClient;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Two RateMatchers on one target, or on one pod. The older one goes on and the younger one is
/// refused, in either mode: a recommendation has followers, who would be the second hand. Each
/// names the other. Pure.
final class Conflict {

    /// Of the refusal, and of the event of the one that goes on.
    static final String REASON = "Conflict";

    /// Of condition `Conflict` of the one that is refused.
    static final String OLDER = "OlderRateMatcher";

    /// Of condition `Conflict` of the one that goes on.
    static final String YOUNGER = "YoungerRateMatcher";

    /// More than these are not named.
    private static final int NAMED = 3;

    private static final String REMEDY =
            "delete one of the two, or give each its own targets and selectors.";

    /// What two have in common.
    private record Shared(RateMatcher rival, String what) {}

    private final SessionLook look;
    private final List<Claim> claims;

    private Conflict(SessionLook look) {
        this.look = look;
        this.claims = Claim.of(look.matcher());
    }

    /// Whether an older one has the pods, whose gates are its to open then.
    static boolean keepsOff(SessionStep step) {
        return step instanceof SessionStep.Refused refused
                && refused.refusal().reason().equals(REASON);
    }

    /// Why a RateMatcher must keep its hands off: an older one is there. Null for no reason.
    static @Nullable Refusal refusal(SessionLook look) {
        return new Conflict(look)
                .shared().stream()
                        .filter(s -> Seniority.ORDER.compare(s.rival(), look.matcher()) < 0)
                        .min((a, b) -> Seniority.ORDER.compare(a.rival(), b.rival()))
                        .map(
                                s ->
                                        new Refusal(
                                                REASON,
                                                "RateMatcher %s is older and also has %s: %s"
                                                        .formatted(
                                                                title(s.rival()),
                                                                s.what(),
                                                                REMEDY)))
                        .orElse(null);
    }

    /// What is said of younger ones that are refused; null where there is none.
    static @Nullable String younger(SessionLook look) {
        var refused =
                new Conflict(look)
                        .shared().stream()
                                .filter(s -> Seniority.ORDER.compare(s.rival(), look.matcher()) > 0)
                                .sorted((a, b) -> Seniority.ORDER.compare(a.rival(), b.rival()))
                                .toList();
        if (refused.isEmpty()) {
            return null;
        }
        String named =
                refused.stream()
                        .limit(NAMED)
                        .map(s -> "%s (%s)".formatted(title(s.rival()), s.what()))
                        .collect(Collectors.joining(", "));
        int more = refused.size() - NAMED;
        return "RateMatcher %s%s is younger and refused; this one stays active: %s"
                .formatted(named, more > 0 ? " and %d more".formatted(more) : "", REMEDY);
    }

    private static String title(RateMatcher matcher) {
        return matcher.getMetadata().getNamespace() + "/" + matcher.getMetadata().getName();
    }

    private List<Shared> shared() {
        var found = new ArrayList<Shared>();
        for (var rival : look.neighbours().rivals()) {
            if (Seniority.ORDER.compare(rival, look.matcher()) == 0) {
                continue; // itself
            }
            String target = target(rival);
            String what = target == null ? pod(rival) : target;
            if (what != null) {
                found.add(new Shared(rival, what));
            }
        }
        return found;
    }

    private @Nullable String target(RateMatcher rival) {
        return Claim.of(rival).stream()
                .filter(claims::contains)
                .findFirst()
                .map(Claim::title)
                .orElse(null);
    }

    /// The pod that both count. Where both kinds tell by owners whose a pod is, it has one owner,
    /// and who selects it besides is refused for that.
    private @Nullable String pod(RateMatcher rival) {
        for (var role : Role.values()) {
            boolean told = told(look.of(role).side().spec());
            for (var selector : selectors(rival, told).entrySet()) {
                for (var pod : look.neighbours().pods(role).own()) {
                    if (selector.getValue().test(pod.getMetadata().getLabels())) {
                        return "pod %s (by %s)".formatted(name(pod), selector.getKey());
                    }
                }
            }
        }
        return null;
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private static boolean told(RoleSpec role) {
        return Ownership.told(TargetClient.key("", role.scaleTargetRef()).kind());
    }

    /// By the texts of the selectors that a rival counts by: as its spec says, else as it found
    /// them. Before its first look it counts nothing.
    private static Map<String, Predicate<@Nullable Map<String, String>>> selectors(
            RateMatcher rival, boolean told) {
        var resolved = rival.getStatus() == null ? null : rival.getStatus().resolved();
        var roles = Claim.roles(rival);
        return roles.stream()
                .filter(role -> !(told && told(role)))
                .map(
                        role ->
                                selector(
                                        role,
                                        resolved == null
                                                ? null
                                                : role.equals(rival.getSpec().prefill())
                                                        ? resolved.prefill()
                                                        : resolved.decode()))
                .filter(text -> !text.isEmpty())
                .distinct()
                .collect(Collectors.toMap(text -> text, Conflict::parsed));
    }

    private static String selector(RoleSpec role, @Nullable ResolvedRole found) {
        if (role.selector() != null) {
            return role.selector();
        }
        return found == null || found.selector() == null ? "" : found.selector();
    }

    private static Predicate<@Nullable Map<String, String>> parsed(String text) {
        try {
            return Selectors.parse(text);
        } catch (IllegalArgumentException e) {
            return _ -> false; // refused for it, so that it counts nothing
        }
    }
}
