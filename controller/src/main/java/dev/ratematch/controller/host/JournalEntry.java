package dev.ratematch.controller.host;

import dev.ratematch.controller.core.Advisor.Advice;
import dev.ratematch.controller.core.Advisor.Advised;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one cycle saw and did.
///
/// @param atSeconds when, seconds on the host's clock
/// @param snapshotDigest 16 hex digits; equal snapshots have equal digests
/// @param snapshot what was seen
/// @param decider who decided
/// @param interlock what kept the fleet from changing, whatever the plan said
/// @param decision what was concluded
/// @param text why, one sentence for people
/// @param plan where it is going; absent when the cycle did not get as far
/// @param limiting what keeps the commanded fleet from more
/// @param move the move that is under way or proposed
/// @param commandErrors what went wrong when the fleet was commanded
/// @param next what the next cycle goes on from
public record JournalEntry(
        double atSeconds,
        String snapshotDigest,
        Snapshot snapshot,
        Decider decider,
        @Nullable Interlock interlock,
        Decision decision,
        String text,
        @Nullable Plan plan,
        Plan.Limit limiting,
        @Nullable Move move,
        List<String> commandErrors,
        Advice next) {

    /// Version of the record's shape; it grows when a field changes its meaning or goes away.
    public static final int VERSION = 2;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /// Who decided a cycle.
    public enum Decider {
        /// The controller, which commands the fleet itself.
        CONTROL,
        /// The advisor, whose counts somebody else carries out or nobody does.
        ADVICE
    }

    public JournalEntry {
        commandErrors = List.copyOf(commandErrors);
    }

    /// The record of a cycle of the controller.
    public static JournalEntry of(
            Snapshot snapshot,
            @Nullable Interlock interlock,
            Step step,
            List<String> commandErrors) {
        return of(
                Decider.CONTROL, snapshot, interlock, step, Advice.of(step.state()), commandErrors);
    }

    /// The record of a cycle of the advisor.
    public static JournalEntry of(
            Snapshot snapshot,
            @Nullable Interlock interlock,
            Advised advised,
            List<String> commandErrors) {
        return of(
                Decider.ADVICE,
                snapshot,
                interlock,
                advised.step(),
                advised.advice(),
                commandErrors);
    }

    private static JournalEntry of(
            Decider decider,
            Snapshot snapshot,
            @Nullable Interlock interlock,
            Step step,
            Advice next,
            List<String> commandErrors) {
        var why = step.explanation();
        return new JournalEntry(
                snapshot.atSeconds(),
                digest(snapshot),
                snapshot,
                decider,
                interlock,
                step.decision(),
                why.text(),
                why.plan(),
                why.limiting(),
                why.move(),
                commandErrors,
                next);
    }

    /// The same record of a fleet that did not take what was commanded.
    public JournalEntry failing(List<String> errors) {
        return new JournalEntry(
                atSeconds,
                snapshotDigest,
                snapshot,
                decider,
                interlock,
                decision,
                text,
                plan,
                limiting,
                move,
                errors,
                next);
    }

    /// FNV-1a over the snapshot's text: all of it is records, so the text is the value.
    static String digest(Snapshot snapshot) {
        long hash = FNV_OFFSET;
        for (byte b : snapshot.toString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return "%016x".formatted(hash);
    }
}
