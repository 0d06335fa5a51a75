package dev.ratematch.controller.spec;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// How cautious the controller is.
///
/// @param set the options that somebody set; the others have their usual values
/// @param behavior how fast each role may go which way
public record Tuning(Map<Option, Double> set, Behavior behavior) {

    /// What is used where nothing is said. It suits pods that start in about a minute.
    public static final Tuning DEFAULT = new Tuning(Map.of(), Behavior.NONE);

    /// Refuses what is out of an option's range.
    public Tuning {
        var checked = new EnumMap<Option, Double>(Option.class);
        set.forEach((option, value) -> checked.put(option, option.checked(option.key(), value)));
        set = Collections.unmodifiableMap(checked);
    }

    /// The same with another value of an option.
    public Tuning with(Option option, double value) {
        var more = new EnumMap<Option, Double>(Option.class);
        more.putAll(set);
        more.put(option, value);
        return new Tuning(more, behavior);
    }

    /// The same with another behavior.
    public Tuning with(Behavior other) {
        return new Tuning(set, other);
    }

    /// The value of an option.
    public double value(Option option) {
        return set.getOrDefault(option, option.usual());
    }

    /// Share added to the estimated demand.
    public double demandMargin() {
        return value(Option.DEMAND_MARGIN);
    }

    /// Least gain of a move, a share of the requests.
    public double minGain() {
        return value(Option.MIN_GAIN);
    }

    /// What as many GPUs as the traffic needs are worth, a share of the requests.
    public double gpuPrice() {
        return value(Option.GPU_PRICE);
    }

    /// Weight of the next turn of the traffic.
    public double turnHedge() {
        return value(Option.TURN_HEDGE);
    }

    /// How long another split must have been better while all is calm, seconds.
    public double recentreWindowSeconds() {
        return value(Option.RECENTRE_WINDOW_SECONDS);
    }

    /// Pause after a move before the next, in lead times.
    public double cooldownLeadTimes() {
        return value(Option.COOLDOWN_LEAD_TIMES);
    }

    /// How long a smaller fleet must have sufficed before GPUs are released, seconds.
    public double scaleDownWindowSeconds() {
        return value(Option.SCALE_DOWN_WINDOW_SECONDS);
    }

    /// Most replicas that one move adds to or takes from a pool.
    public int maxStepReplicas() {
        return (int) value(Option.MAX_STEP_REPLICAS);
    }
}
