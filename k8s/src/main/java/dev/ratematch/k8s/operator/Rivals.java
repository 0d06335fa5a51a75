package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.Ownership;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Finds the few RateMatchers that may be in another's way, by index: a thousand of them are not
/// compared with each other in every cycle.
final class Rivals {

    private static final String CLAIMS = "claims";
    private static final String BY_LABELS = "by-labels";
    private static final String ALL = "all";

    /// Keys of a RateMatcher by index.
    static final Map<String, Function<RateMatcher, List<String>>> INDEXERS =
            Map.of(
                    CLAIMS,
                    matcher -> Claim.of(matcher).stream().map(Claim::toString).toList(),
                    BY_LABELS,
                    matcher -> told(matcher) ? List.of() : List.of(namespace(matcher)),
                    ALL,
                    matcher -> List.of(namespace(matcher)));

    private Rivals() {}

    /// Those that claim a target of it, and those that may count a pod of it.
    ///
    /// @param found by index and key
    static List<RateMatcher> of(
            RateMatcher matcher, BiFunction<String, String, List<RateMatcher>> found) {
        if (!told(matcher)) {
            return found.apply(ALL, namespace(matcher));
        }
        var rivals = new LinkedHashMap<String, RateMatcher>();
        put(rivals, found.apply(BY_LABELS, namespace(matcher)));
        for (var claim : Claim.of(matcher)) {
            put(rivals, found.apply(CLAIMS, claim.toString()));
        }
        return List.copyOf(rivals.values());
    }

    private static void put(Map<String, RateMatcher> rivals, List<RateMatcher> more) {
        more.forEach(m -> rivals.put(namespace(m) + "/" + m.getMetadata().getName(), m));
    }

    /// Whether owners tell the pods of both roles.
    private static boolean told(RateMatcher matcher) {
        return Claim.of(matcher).stream().allMatch(claim -> Ownership.told(claim.kind()));
    }

    private static String namespace(RateMatcher matcher) {
        return matcher.getMetadata().getNamespace();
    }
}
