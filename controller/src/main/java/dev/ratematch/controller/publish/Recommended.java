package dev.ratematch.controller.publish;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.units.Check;
import java.time.Instant;

/// The last good recommendation of one RateMatcher, as others follow it.
///
/// @param namespace of the RateMatcher
/// @param name of the RateMatcher
/// @param prefillNow staged: prefill replicas to set now, so that the GPU budget holds on the way
/// @param decodeNow staged: decode replicas to set now
/// @param prefillEnd prefill replicas where the way ends
/// @param decodeEnd decode replicas where the way ends
/// @param at when these counts were last found right
/// @param fresh whether the last cycle could tell; else these are the counts of `at`
/// @param reason why these counts, or, where they are not fresh, why there are no newer ones
public record Recommended(
        String namespace,
        String name,
        int prefillNow,
        int decodeNow,
        int prefillEnd,
        int decodeEnd,
        Instant at,
        boolean fresh,
        String reason) {

    public Recommended {
        Check.atLeast("prefillNow", prefillNow, 0);
        Check.atLeast("decodeNow", decodeNow, 0);
        Check.atLeast("prefillEnd", prefillEnd, 0);
        Check.atLeast("decodeEnd", decodeEnd, 0);
    }

    /// Replicas of a role to set now.
    public int now(Role role) {
        return role == Role.PREFILL ? prefillNow : decodeNow;
    }

    /// Replicas of a role where the way ends.
    public int end(Role role) {
        return role == Role.PREFILL ? prefillEnd : decodeEnd;
    }

    Recommended stale(String why) {
        return new Recommended(
                namespace, name, prefillNow, decodeNow, prefillEnd, decodeEnd, at, false, why);
    }
}
