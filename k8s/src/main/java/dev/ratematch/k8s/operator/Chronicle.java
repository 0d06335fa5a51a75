package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.State;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a session writes down: status only where it says something new, events only where they do.
final class Chronicle {

    /// How soon what was learnt is persisted again when nothing else is new.
    private static final Duration MEMORY_EVERY = Duration.ofSeconds(60);

    private final Notes notes;
    private @Nullable RateMatcherStatus written;
    private Instant memoryAt = Instant.EPOCH;
    private @Nullable String memory;
    private @Nullable State memoryOf;
    private String lastSaid = "";

    Chronicle(Notes notes) {
        this.notes = notes;
    }

    /// Goes on from what an earlier process wrote.
    void open(RateMatcher matcher) {
        if (written == null) {
            written = matcher.getStatus();
        }
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

    /// Emits an event unless the last one said the same.
    void say(RateMatcher matcher, boolean warning, String reason, String text) {
        String said = reason + " " + text;
        if (!said.equals(lastSaid)) {
            lastSaid = said;
            notes.event(matcher, warning, reason, text);
        }
    }

    /// The memory to write: the last one where nothing but what was learnt has changed since.
    String memory(Service service, State now, Instant at) {
        var before = memoryOf;
        boolean same = before != null && before.resumesLike(now);
        String kept = memory;
        if (kept != null && same && at.isBefore(memoryAt.plus(MEMORY_EVERY))) {
            return kept;
        }
        String next = Memory.write(service, now);
        memory = next;
        memoryOf = now;
        memoryAt = at;
        return next;
    }
}
