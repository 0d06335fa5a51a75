package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.Fault;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.operator.SessionState.Foreign;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a session writes down: status only where it says something new, events only where they do,
/// and for the next start what this one remembers.
final class Chronicle {

    /// How soon what was learnt is persisted again when nothing else is new.
    private static final Duration MEMORY_EVERY = Duration.ofSeconds(60);

    /// How soon it is written again when nothing is new at all: somebody may have deleted it.
    private static final Duration KEPT_AGAIN = Duration.ofMinutes(10);

    private final Notes notes;
    private @Nullable RateMatcherStatus written;
    private boolean opened;
    private @Nullable String stored;
    private boolean kept;
    private Instant keptAt = Instant.EPOCH;
    private Instant memoryAt = Instant.EPOCH;
    private @Nullable String memory;
    private @Nullable State memoryOf;
    private Map<Role, Foreign> memoryBeside = Map.of();
    private String lastSaid = "";

    Chronicle(Notes notes) {
        this.notes = notes;
    }

    /// Goes on from what an earlier process wrote. What an earlier version kept in the status is
    /// taken over; what is lost is said.
    void open(RateMatcher matcher) {
        if (opened) {
            return;
        }
        var status = matcher.getStatus();
        if (written == null) {
            written = status;
        }
        var recalled = notes.recall(matcher);
        kept = recalled.isPresent();
        String found = recalled.orElse(status == null ? null : status.memory());
        boolean ran = status != null && status.resolved() != null;
        if (found == null && ran) {
            var move = status.move();
            String open =
                    move == null
                            ? ""
                            : ", and the open move from %s to %s".formatted(move.from(), move.to());
            say(
                    matcher,
                    true,
                    "MemoryLost",
                    ("ConfigMap %s is gone: what was learnt%s is lost, and control "
                                    + "starts fresh.")
                            .formatted(Memories.name(matcher), open));
        }
        stored = found;
        opened = true;
    }

    /// What an earlier process left for the next start; null for nothing.
    @Nullable String stored() {
        return stored;
    }

    /// What was written last.
    @Nullable RateMatcherStatus written() {
        return written;
    }

    /// Writes the status where it says something new.
    void save(RateMatcher matcher, RateMatcherStatus status, Instant now) {
        var next = StatusText.at(status, now);
        if (next.equals(written)) {
            return;
        }
        notes.status(matcher, next);
        written = next;
    }

    /// Says that it cannot be worked with, and why.
    void refused(RateMatcher matcher, Refusal refusal, Instant now) {
        var next = StatusText.refused(matcher.getMetadata().getGeneration(), refusal, written);
        Occurrences.of(written, next).forEach(said -> say(matcher, said));
        save(matcher, next, now);
    }

    /// Says what a cycle changed.
    ///
    /// @param before the status as it was before the cycle
    void tell(RateMatcher matcher, @Nullable RateMatcherStatus before, Cycle cycle) {
        var after = written;
        if (after != null) {
            Occurrences.of(before, after).forEach(said -> say(matcher, said));
            Occurrences.decided(before, after, cycle).forEach(said -> say(matcher, said));
        }
    }

    private void say(RateMatcher matcher, Said said) {
        say(matcher, said.warning(), said.reason(), said.text());
    }

    /// Emits an event unless the last one said the same.
    void say(RateMatcher matcher, boolean warning, String reason, String text) {
        String said = reason + " " + text;
        if (!said.equals(lastSaid)) {
            lastSaid = said;
            notes.event(matcher, warning, reason, Fault.clean(text));
        }
    }

    /// Keeps what the next start goes on from, before anything that follows from it is done; what
    /// was only learnt is kept once in a while.
    ///
    /// @param foreign counts that somebody else set and that are still respected
    void remember(
            RateMatcher matcher,
            Service service,
            State now,
            Map<Role, Foreign> foreign,
            Instant at) {
        var before = memoryOf;
        boolean same = before != null && before.resumesLike(now) && foreign.equals(memoryBeside);
        if (same && at.isBefore(memoryAt.plus(MEMORY_EVERY))) {
            return;
        }
        String next = Holds.with(Memory.write(service, now), foreign);
        if (!next.equals(memory) || !at.isBefore(keptAt.plus(KEPT_AGAIN))) {
            keep(matcher, next);
            keptAt = at;
        }
        memory = next;
        memoryOf = now;
        memoryBeside = foreign;
        memoryAt = at;
    }

    private void keep(RateMatcher matcher, String text) {
        boolean anew = notes.keep(matcher, text);
        if (anew && kept) {
            say(
                    matcher,
                    true,
                    "MemoryLost",
                    "ConfigMap %s was deleted; it is created again, and nothing is lost."
                            .formatted(Memories.name(matcher)));
        }
        kept = true;
    }
}
