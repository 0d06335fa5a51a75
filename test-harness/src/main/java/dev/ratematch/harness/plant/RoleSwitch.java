package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.units.Check;
import dev.ratematch.harness.sim.Noise;

/// How replicas of the cluster change their role, and how their orchestrator lets them.
///
/// @param seconds mean time from asked to serving in the other role, once drained, seconds
/// @param spread its relative standard deviation, 0 to 0.3
/// @param captureSeconds more of it the first time that a replica goes to decode, for its CUDA
///   graphs, seconds
/// @param refusedShare of the replicas asked, those that refuse and stay as they are, 0 to 1
/// @param brokenShare of the replicas asked, those that must be restarted for it, 0 to 1
/// @param drainTimeoutSeconds after which one that does not drain is given back to its role,
///   seconds
/// @param atOnce replicas that may be out of both pools at a time; 0 where none changes its role
public record RoleSwitch(
        double seconds,
        double spread,
        double captureSeconds,
        double refusedShare,
        double brokenShare,
        double drainTimeoutSeconds,
        int atOnce) {

    /// Every replica keeps its role.
    public static final RoleSwitch NONE = new RoleSwitch(0, 0, 0, 0, 0, 0, 0);

    private static final double SECONDS = 1e9;

    /// Shares that are all of it may add up to a little more.
    private static final double ROUNDING = 1e-9;

    /// Time that a refusal takes, seconds.
    static final double ANSWER_SECONDS = 1;

    /// Until one that refused, or did not drain, is asked again, seconds.
    static final double AGAIN_SECONDS = 60;

    public RoleSwitch {
        Check.finiteAtLeast("switch seconds", seconds, 0);
        Check.within("switch spread", spread, 0, 0.3);
        Check.finiteAtLeast("captureSeconds", captureSeconds, 0);
        Check.within("refusedShare", refusedShare, 0, 1);
        Check.within("brokenShare", brokenShare, 0, 1);
        Check.within("refusedShare and brokenShare", refusedShare + brokenShare, 0, 1 + ROUNDING);
        Check.finiteAtLeast("drainTimeoutSeconds", drainTimeoutSeconds, 0);
        Check.atLeast("atOnce", atOnce, 0);
    }

    /// Such replicas as engines describe: some seconds for the role, some more for the first CUDA
    /// graphs of decode, two minutes to drain.
    ///
    /// @param atOnce replicas that may be out of both pools at a time
    public static RoleSwitch taking(double seconds, int atOnce) {
        return new RoleSwitch(seconds, 0.2, seconds, 0, 0, 120, atOnce);
    }

    /// The same of which some refuse.
    ///
    /// @param refused share that stays as it is
    /// @param broken share that must be restarted
    public RoleSwitch refusing(double refused, double broken) {
        return new RoleSwitch(
                seconds, spread, captureSeconds, refused, broken, drainTimeoutSeconds, atOnce);
    }

    /// Draws the time of one switch, seconds.
    ///
    /// @param captures whether CUDA graphs of decode come with it
    double drawSeconds(Noise noise, boolean captures) {
        return seconds * noise.factor(spread) + (captures ? captureSeconds : 0);
    }

    boolean possible() {
        return atOnce > 0;
    }

    static long nanos(double seconds) {
        return Math.round(SECONDS * seconds);
    }
}
