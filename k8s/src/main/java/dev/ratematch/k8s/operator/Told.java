package dev.ratematch.k8s.operator;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.publish.Change;
import dev.ratematch.controller.publish.Change.Published;
import dev.ratematch.controller.publish.Change.Removed;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.publish.Recommended;
import dev.ratematch.k8s.api.RateMatcher;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What those who follow are told by this process, whether it leads or not: its own recommendation
/// where it decides, else what the leader wrote into the status, with the age that it has there. So
/// whoever is asked answers alike, and a change of leader is no gap.
final class Told implements AutoCloseable {

    private final Recommendations own;
    private final Recommendations told = new Recommendations();
    private final Recommendations.Listening listening;

    /// Follows what this process concludes itself.
    Told(Recommendations own) {
        this.own = own;
        this.listening = own.listen(this::take);
    }

    /// To answer from.
    Recommendations all() {
        return told;
    }

    private void take(Change change) {
        switch (change) {
            case Published(var recommended) -> told.publish(recommended);
            case Removed(var namespace, var name) -> told.remove(namespace, name);
        }
    }

    /// Takes over what statuses say of RateMatchers that this process has not decided for.
    ///
    /// @param matchers all that there are
    void read(List<RateMatcher> matchers) {
        var there = new HashSet<List<String>>();
        for (var matcher : matchers) {
            var of = matcher.getMetadata();
            there.add(List.of(of.getNamespace(), of.getName()));
            if (own.find(of.getNamespace(), of.getName()).isEmpty()) {
                read(matcher);
            }
        }
        for (var one : told.all()) {
            boolean gone =
                    !there.contains(List.of(one.namespace(), one.name()))
                            && own.find(one.namespace(), one.name()).isEmpty();
            if (gone) {
                told.remove(one.namespace(), one.name());
            }
        }
    }

    private void read(RateMatcher matcher) {
        var of = matcher.getMetadata();
        var said = of(matcher);
        if (said.isEmpty()) {
            var why = own.waiting(of.getNamespace(), of.getName());
            told.stale(of.getNamespace(), of.getName(), why.orElse("its status tells no counts."));
        } else if (!said.equals(told.find(of.getNamespace(), of.getName()))) {
            told.publish(said.get());
            // What we have concluded meanwhile is newer.
            own.find(of.getNamespace(), of.getName()).ifPresent(told::publish);
        }
    }

    /// What a status tells; empty where the last cycle could not tell, or there was none.
    static Optional<Recommended> of(RateMatcher matcher) {
        var status = matcher.getStatus();
        var counts = status == null ? null : status.recommendation();
        var observed = status == null ? null : status.observed();
        if (counts == null
                || observed == null
                || observed.at() == null
                || counts.prefillReplicas() == null
                || counts.decodeReplicas() == null
                || !tells(counts.reason())) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Recommended(
                            matcher.getMetadata().getNamespace(),
                            matcher.getMetadata().getName(),
                            counts.prefillReplicas(),
                            counts.decodeReplicas(),
                            Objects.requireNonNullElse(
                                    counts.prefillReplicasAtEnd(), counts.prefillReplicas()),
                            Objects.requireNonNullElse(
                                    counts.decodeReplicasAtEnd(), counts.decodeReplicas()),
                            Instant.parse(observed.at()),
                            true,
                            Objects.requireNonNull(counts.reason())));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static boolean tells(@Nullable String reason) {
        return Arrays.stream(Reason.values())
                .anyMatch(known -> known.name().equals(reason) && known.tells());
    }

    @Override
    public void close() {
        listening.close();
    }
}
