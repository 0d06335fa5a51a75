package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec.Mode;
import dev.ratematch.k8s.fleet.Marks;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetException;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts back into routing what nobody drains any more: its RateMatcher is gone, in another mode, or
/// has other targets. Whatever went wrong before, no pod stays without traffic for it.
final class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /// Longer than a target's controller takes to remove a pod once its count is lower.
    private static final Duration REMOVED = Duration.ofMinutes(1);

    private final ClusterView cluster;
    private final BiPredicate<RateMatcher, Pod> elsewhere;

    /// @param elsewhere whether a RateMatcher is known to have targets that a pod does not belong
    ///   to
    Sweep(ClusterView cluster, BiPredicate<RateMatcher, Pod> elsewhere) {
        this.cluster = cluster;
        this.elsewhere = elsewhere;
    }

    /// Looks at every pod that carries a mark of ours.
    void run(Instant now) {
        var marked = cluster.marked();
        // After the pods: whoever was seen to drain is among them.
        var matchers = cluster.matchers();
        for (var pod : marked) {
            if (orphan(pod, matchers, now)) {
                putBack(pod);
            }
        }
    }

    /// A RateMatcher that is being deleted gives back what it drains, and is let go.
    void end(RateMatcher matcher) {
        String owner = Marks.owner(matcher);
        String namespace = matcher.getMetadata().getNamespace();
        for (var pod : cluster.marked()) {
            if (namespace.equals(pod.getMetadata().getNamespace())
                    && Marks.owner(pod).filter(owner::equals).isPresent()) {
                recall(pod);
            }
        }
        cluster.hold(matcher, false);
    }

    private void putBack(Pod pod) {
        var of = pod.getMetadata();
        try {
            recall(pod);
            LOG.info(
                    "Pod {}/{} serves again; no drain is in progress.",
                    of.getNamespace(),
                    of.getName());
        } catch (TargetException e) {
            LOG.warn(
                    "Pod {}/{} is out of routing without a drain: {}; put it back with: "
                            + "ratematch recall",
                    of.getNamespace(),
                    of.getName(),
                    e.getMessage());
        }
    }

    private void recall(Pod pod) {
        cluster.podWrites(Marks.owner(pod).orElse("")).recall(pod, new Routing.None());
    }

    private boolean orphan(Pod pod, List<RateMatcher> matchers, Instant now) {
        var near =
                matchers.stream()
                        .filter(m -> near(m, pod))
                        .filter(m -> !m.isMarkedForDeletion())
                        .filter(m -> m.getSpec() != null && m.getSpec().mode() == Mode.AUTO)
                        .toList();
        var owner = Marks.owner(pod);
        if (Marks.switching(pod) && owner.isPresent()) {
            // Whatever its mode, its RateMatcher goes on with it, or leads it back itself.
            return matchers.stream()
                    .filter(m -> near(m, pod) && !m.isMarkedForDeletion())
                    .filter(m -> Marks.owner(m).equals(owner.get()))
                    .allMatch(m -> elsewhere.test(m, pod));
        }
        if (owner.isEmpty()) {
            return near.isEmpty(); // marked by an earlier version: perhaps one of those does
        }
        var own = near.stream().filter(m -> Marks.owner(m).equals(owner.get())).findFirst();
        if (own.isEmpty() || elsewhere.test(own.get(), pod)) {
            return true;
        }
        return !Marks.draining(pod) && Marks.released(pod).plus(REMOVED).isBefore(now);
    }

    private static boolean near(RateMatcher matcher, Pod pod) {
        return Objects.equals(
                matcher.getMetadata().getNamespace(), pod.getMetadata().getNamespace());
    }
}
