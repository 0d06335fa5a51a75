package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.units.Check;

/// How instances may be switched.
///
/// @param drainTimeoutSeconds how long one may drain before it is put back; above 0
/// @param switchTimeoutSeconds how long an engine may take to answer and to be seen in its new
///   role; above 0
/// @param atOnce most instances that are away from serving at one time; 0 begins none, and what is
///   under way goes on
/// @param leastPrefill ready prefill instances that are never gone below for a switch
/// @param leastDecode the same of decode
public record SwitchPolicy(
        Protocol protocol,
        double drainTimeoutSeconds,
        double switchTimeoutSeconds,
        int atOnce,
        int leastPrefill,
        int leastDecode) {

    public SwitchPolicy {
        Check.positive("drainTimeoutSeconds", drainTimeoutSeconds);
        Check.positive("switchTimeoutSeconds", switchTimeoutSeconds);
        Check.atLeast("atOnce", atOnce, 0);
        Check.atLeast("leastPrefill", leastPrefill, 0);
        Check.atLeast("leastDecode", leastDecode, 0);
    }

    /// Ready instances of a role that are never gone below for a switch.
    public int least(Role role) {
        return role == Role.PREFILL ? leastPrefill : leastDecode;
    }

    /// The longest that a switch holds an instance out of both pools, plus the time of a look at
    /// each change of phase: draining, two attempts to switch, seeing it in its new role, and the
    /// way back.
    public double longestOutSeconds() {
        return drainTimeoutSeconds + (Course.ATTEMPTS + 2) * switchTimeoutSeconds;
    }
}
