package dev.ratematch.controller.prospect;

import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import org.jspecify.annotations.Nullable;

/// The counts that were last seen not to do, and the work that they did not do for: a role that was
/// given more is not brought back there while as much comes, whatever a model says of it by then.
///
/// @param prefill null where prefill was never given more
/// @param decode null where decode was never given more
public record Outgrown(@Nullable Outdone prefill, @Nullable Outdone decode) {

    /// Nothing seen.
    public static final Outgrown NONE = new Outgrown(null, null);

    /// Share of its work that must have gone away before a count is believed to do again: what
    /// grows and what shrinks would else meet at one load, and take turns there.
    private static final double LESS = 0.9;

    /// Factor on the other role's work from which on traffic is another, and replicas may be worth
    /// more there.
    private static final double OTHER = 1.2;

    /// What a role had when it was given more.
    record Outdone(int replicas, Work work) {}

    /// What comes.
    ///
    /// @param prefill tokens to be computed, 1/s
    /// @param decode tokens to be made, 1/s
    public record Work(double prefill, double decode) {

        double of(Role role) {
            return role == Role.PREFILL ? prefill : decode;
        }
    }

    /// With what a change from one pair to another shows of such work.
    ///
    /// @param unsure how far that work may be from what came: where a few windows refuted a count,
    ///   it may have been less that it did not do for
    Outgrown by(Sizes from, Sizes to, Work work, Unsure unsure) {
        var least = unsure.least();
        var most = unsure.most();
        var ofPrefill = new Work(work.prefill() * least.prefill(), work.decode() * most.decode());
        var ofDecode = new Work(work.prefill() * most.prefill(), work.decode() * least.decode());
        return new Outgrown(
                to.prefill() > from.prefill() ? new Outdone(from.prefill(), ofPrefill) : prefill,
                to.decode() > from.decode() ? new Outdone(from.decode(), ofDecode) : decode);
    }

    /// The fewest replicas of a role that may do for such work; 0 where nothing is known.
    public int least(Role role, Work work) {
        var outdone = role == Role.PREFILL ? prefill : decode;
        if (outdone == null) {
            return 0;
        }
        var then = outdone.work();
        boolean same =
                work.of(role) >= LESS * then.of(role)
                        && work.of(role.other()) <= OTHER * then.of(role.other());
        return same ? outdone.replicas() + 1 : 0;
    }
}
