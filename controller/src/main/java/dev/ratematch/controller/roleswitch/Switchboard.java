package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Sizes;
import java.util.List;
import java.util.Optional;

/// All switches of one service: those under way, and what is remembered of the others. The whole of
/// it is kept, as JSON; a controller that starts anew goes on from what was kept last.
///
/// @param begun transactions so far; numbers the next
/// @param open under way, in the order in which they began
/// @param cooling left alone for a while after a refusal
/// @param known what the last look saw
public record Switchboard(
        long begun,
        List<Transaction> open,
        List<Refused> cooling,
        List<Known> known,
        Tallies tallies) {

    /// Before the first look.
    public static final Switchboard EMPTY =
            new Switchboard(0, List.of(), List.of(), List.of(), Tallies.NONE);

    public Switchboard {
        open = List.copyOf(open);
        cooling = List.copyOf(cooling);
        known = List.copyOf(known);
    }

    /// The open transaction of an instance.
    public Optional<Transaction> of(String instance) {
        return open.stream().filter(t -> t.instance().equals(instance)).findFirst();
    }

    /// Goes on with what is open and begins what is wanted.
    ///
    /// Pure and to be repeated: the same state and look give the same orders. A look that missed
    /// instances must not be given, since who is not in it has vanished.
    ///
    /// @param desired instances wanted in each role, those under way counted in the role that they
    ///   go to
    /// @param seen every instance there is
    /// @param nowSeconds a clock that goes on over restarts
    public Turn step(SwitchPolicy policy, Sizes desired, List<Instance> seen, double nowSeconds) {
        return new Round(this, policy, desired, seen, nowSeconds).turn();
    }
}
