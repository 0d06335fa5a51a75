package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is written down, kept in memory, in order.
class FakeNotes implements Notes {

    /// Every write, as `scale decode 1 -> 3`, `drain prefill-0`, `status`, `event Warning
    /// Conflict`.
    final List<String> writes = new ArrayList<>();

    /// Every status that was written.
    final List<RateMatcherStatus> statuses = new ArrayList<>();

    /// What events say.
    final List<String> told = new ArrayList<>();

    private @Nullable String memory;
    private @Nullable String switches;
    private @Nullable RuntimeException statusFails;
    private @Nullable RuntimeException keepFails;

    void failStatus(@Nullable RuntimeException with) {
        statusFails = with;
    }

    void failKeep(@Nullable RuntimeException with) {
        keepFails = with;
    }

    /// The status written last.
    RateMatcherStatus status() {
        if (statuses.isEmpty()) {
            throw new AssertionError("no status was written");
        }
        return statuses.getLast();
    }

    /// Somebody deletes the ConfigMap.
    void forget() {
        memory = null;
    }

    /// What is remembered.
    @Nullable String memory() {
        return memory;
    }

    @Override
    public Optional<String> recall(RateMatcher matcher) {
        return Optional.ofNullable(memory);
    }

    @Override
    public boolean keep(RateMatcher matcher, String text) {
        if (keepFails != null) {
            throw keepFails;
        }
        writes.add("memory");
        boolean anew = memory == null;
        memory = text;
        return anew;
    }

    @Override
    public Optional<String> switches(RateMatcher matcher) {
        return Optional.ofNullable(switches);
    }

    @Override
    public void keepSwitches(RateMatcher matcher, String text) {
        writes.add("switches");
        switches = text;
    }

    @Override
    public void status(RateMatcher matcher, RateMatcherStatus next) {
        if (statusFails != null) {
            throw statusFails;
        }
        writes.add("status");
        statuses.add(next);
    }

    @Override
    public void event(RateMatcher matcher, boolean warning, String reason, String text) {
        writes.add("event %s %s".formatted(warning ? "Warning" : "Normal", reason));
        told.add(text);
    }

    @Override
    public Journals journals() {
        return new Journals(null, new SimpleMeterRegistry(), System.out);
    }
}
