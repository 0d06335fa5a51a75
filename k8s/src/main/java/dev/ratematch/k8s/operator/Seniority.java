package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import java.util.Comparator;

/// Who comes first where RateMatchers want the same: the older one. Two of one second come in the
/// order of namespace and name.
final class Seniority {

    /// The oldest first.
    static final Comparator<RateMatcher> ORDER =
            Comparator.comparing(
                            (RateMatcher m) ->
                                    String.valueOf(m.getMetadata().getCreationTimestamp()))
                    .thenComparing(m -> m.getMetadata().getNamespace())
                    .thenComparing(m -> m.getMetadata().getName());

    private Seniority() {}
}
