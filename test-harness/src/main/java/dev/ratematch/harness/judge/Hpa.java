package dev.ratematch.harness.judge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// One Kubernetes HorizontalPodAutoscaler: `ceil(metric / target)` outside a tolerance, as fast as
/// its behaviour lets it.
final class Hpa {

    private static final double TOLERANCE = 0.1;

    /// How fast counts may change, in the words of an HPA's `behavior`. Of pods and percent the
    /// larger counts.
    ///
    /// @param upPods pods that may be added in one period
    /// @param upPercent share that may be added in one period, percent
    /// @param upPeriodSeconds that period
    /// @param downPods pods that may be removed in one period
    /// @param downPeriodSeconds that period
    /// @param stabilisationSeconds over which the highest advice counts before pods are removed
    record Behaviour(
            int upPods,
            int upPercent,
            double upPeriodSeconds,
            int downPods,
            double downPeriodSeconds,
            double stabilisationSeconds) {

        /// What Kubernetes does where nothing is said.
        static final Behaviour DEFAULT = new Behaviour(4, 100, 15, Integer.MAX_VALUE, 15, 300);
    }

    private record Advice(double at, int replicas) {}

    private record Change(double at, int by) {}

    private final double target;
    private final int max;
    private final Behaviour behaviour;
    private final ArrayDeque<Advice> advised = new ArrayDeque<>();
    private final List<Change> changes = new ArrayList<>();
    private int count;

    /// @param target of the metric, for each replica
    Hpa(int start, double target, int max, Behaviour behaviour) {
        this.count = start;
        this.target = target;
        this.max = max;
        this.behaviour = behaviour;
    }

    /// The count to command.
    ///
    /// @param replicas that the metric was summed over
    /// @param metric its sum
    int decide(double at, int replicas, double metric) {
        int present = Math.max(1, replicas);
        double ratio = metric / (present * target);
        int wanted = Math.abs(ratio - 1) > TOLERANCE ? (int) Math.ceil(present * ratio) : count;
        wanted = Math.clamp(wanted, 1, max);
        advised.addLast(new Advice(at, wanted));
        while (advised.getFirst().at < at - behaviour.stabilisationSeconds) {
            advised.removeFirst();
        }
        int next = count;
        if (wanted > count) {
            int base = count - changed(at - behaviour.upPeriodSeconds, 1);
            int most = Math.max(base + behaviour.upPods, base * (100 + behaviour.upPercent) / 100);
            next = Math.max(count, Math.min(wanted, most));
        } else if (wanted < count) {
            int highest = advised.stream().mapToInt(Advice::replicas).max().orElse(wanted);
            int base = count - changed(at - behaviour.downPeriodSeconds, -1);
            next = Math.min(count, Math.max(highest, Math.max(1, base - behaviour.downPods)));
        }
        if (next != count) {
            changes.add(new Change(at, next - count));
        }
        count = next;
        return count;
    }

    /// Sum of the changes in one direction after an instant.
    private int changed(double since, int sign) {
        int sum = 0;
        for (var change : changes) {
            sum += change.at > since && Integer.signum(change.by) == sign ? change.by : 0;
        }
        return sum;
    }
}
