package dev.ratematch.k8s.operator;

import dev.ratematch.controller.roleswitch.Held;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is shown of the switches of one RateMatcher.
///
/// @param held why one that the counts want does not begin; null where none is wanted, or one did
/// @param trouble why an engine's role is unknown; empty where all tell theirs
/// @param wrong instances whose last switch their engine did not take, by name, the latest last
record SwitchView(
        List<Transaction> open, @Nullable Held held, String trouble, Map<String, Wrong> wrong) {

    /// None.
    static final SwitchView NONE = new SwitchView(List.of(), null, "", Map.of());

    /// How one ended that did not succeed.
    record Wrong(Result result, String text) {

        /// Ends that say something of the engine: it does not take a switch, or not in time.
        static final Set<Result> ENGINES =
                Set.of(
                        Result.REFUSED,
                        Result.UNSAFE,
                        Result.LOST,
                        Result.DRAIN_TIMED_OUT,
                        Result.SWITCH_TIMED_OUT,
                        Result.UNCHANGED,
                        Result.NOT_ANSWERED,
                        Result.NOT_OFFERED,
                        Result.UNAUTHORISED);
    }
}
