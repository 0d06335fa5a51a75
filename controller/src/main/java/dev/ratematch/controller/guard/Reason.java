package dev.ratematch.controller.guard;

import java.util.Locale;

/// Why a cycle ended as it did. Every decision names one.
public enum Reason {
    /// The fleet is what the plan asks for.
    ALREADY_MATCHED,
    /// Rate or lengths are missing, or no traffic has been seen yet.
    TELEMETRY_UNKNOWN,
    /// The replica counts are missing.
    FLEET_UNKNOWN,
    /// The numbers of this snapshot contradict each other.
    TELEMETRY_INCONSISTENT,
    /// Too few consistent windows so far.
    WARMING_UP,
    /// More than three windows were missed; the traffic is estimated anew.
    GAP,
    /// No requests: nothing to size for, nothing to gain by moving.
    IDLE,
    /// A move ended too recently.
    COOLING_DOWN,
    /// The plan is better, but not by enough.
    GAIN_BELOW_THRESHOLD,
    /// A promise is measured to be broken while the model says that everything is carried.
    MODEL_SUSPECT,
    /// A smaller fleet has not sufficed for long enough.
    SCALE_DOWN_STABILISING,
    /// Replicas are starting or draining outside any move.
    FLEET_IN_TRANSITION,
    /// A move is under way; its next stage is commanded.
    MOVE_IN_PROGRESS,
    /// A new move begins.
    REBALANCE,
    /// The demand needs more GPUs.
    GROW,
    /// The demand needs fewer GPUs.
    SHRINK,
    /// A move missed its deadline and is taken back.
    COMPENSATING,
    /// The fleet holds more GPUs than the budget and is cut to fit.
    OVER_BUDGET,
    /// Commanded replicas wait for GPUs that do not come, and those that are there change sides.
    GPUS_MISSING,
    /// Somebody asked for the fleet to be left alone.
    PAUSED,
    /// A target's pods are being replaced by a new revision.
    ROLLOUT_IN_PROGRESS,
    /// Somebody else sets the replicas of a target.
    CONFLICT,
    /// The removal would leave less carried than now.
    REMOVAL_UNSAFE,
    /// A move had no effect and is taken back, or was tried before and had none.
    INEFFECTIVE,
    /// Service time alone breaks the promise, and no other split carries more.
    UNREACHABLE,
    /// What is said of how fast a role may grow or shrink forbids the change.
    SCALING_POLICY,
    /// A smaller fleet would hold fewer GPUs than it must.
    MINIMUM_BUDGET;

    /// Whether the cycle could tell what is right. Where it could not, what was right last still
    /// stands.
    public boolean tells() {
        return switch (this) {
            case TELEMETRY_UNKNOWN, FLEET_UNKNOWN, TELEMETRY_INCONSISTENT, WARMING_UP, GAP -> false;
            default -> true;
        };
    }

    /// The name as people read it.
    public String sentence() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
