package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcherStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is new in a status, as events: each change once, also over a restart, since the status
/// written last is what it is compared with. Pure.
final class Occurrences {

    private Occurrences() {}

    /// What conditions say that they did not say before. One sentence is said once.
    static List<Said> of(@Nullable RateMatcherStatus before, RateMatcherStatus after) {
        var found = new ArrayList<Said>();
        ready(before, after, found);
        turned(before, after, Conditions.CONFLICT, "True", found);
        turned(before, after, PodsCondition.PODS_HEALTHY, "False", found);
        turned(before, after, Conditions.SLO_REACHABLE, "False", found);
        turned(before, after, SwitchText.SWITCHABLE, "False", found);
        return found;
    }

    private static void ready(
            @Nullable RateMatcherStatus before, RateMatcherStatus after, List<Said> found) {
        var last = Standing.last(before, Readiness.READY);
        var next = Standing.last(after, Readiness.READY);
        if (next == null) {
            return;
        }
        var refused = last != null && last.status().equals("False") ? last : null;
        if (next.status().equals("False")) {
            if (refused == null || !same(after, refused, next)) {
                add(found, new Said(true, next.reason(), next.message()));
            }
        } else if (refused != null && next.status().equals("True")) {
            add(
                    found,
                    new Said(
                            false,
                            "Recovered",
                            "Ready again; %s is over.".formatted(refused.reason())));
        }
    }

    /// What is unknown is told with ages and counts, which are no news.
    private static boolean same(RateMatcherStatus after, Condition last, Condition next) {
        var telemetry = Standing.last(after, Conditions.TELEMETRY_FRESH);
        boolean unread =
                telemetry != null
                        && telemetry.status().equals("False")
                        && telemetry.reason().equals(next.reason());
        return last.reason().equals(next.reason())
                && (unread || last.message().equals(next.message()));
    }

    /// @param bad the status that is a warning
    private static void turned(
            @Nullable RateMatcherStatus before,
            RateMatcherStatus after,
            String type,
            String bad,
            List<Said> found) {
        var last = Standing.last(before, type);
        var next = Standing.last(after, type);
        if (next == null) {
            return;
        }
        var warned = last != null && last.status().equals(bad) ? last : null;
        boolean is = next.status().equals(bad);
        if (is && (warned == null || !repeated(warned, next))) {
            String reason = type.equals(Conditions.CONFLICT) ? type : next.reason();
            add(found, new Said(true, reason, next.message()));
        } else if (warned != null && !is && !next.status().equals("Unknown")) {
            String reason = type.equals(Conditions.CONFLICT) ? "ConflictOver" : type;
            add(found, new Said(false, reason, next.message()));
        }
    }

    /// Through a move an answer is repeated in other words.
    private static boolean repeated(Condition last, Condition next) {
        return last.message().equals(next.message())
                || next.reason().equals(Conditions.MOVING)
                || last.reason().equals(Conditions.MOVING);
    }

    private static void add(List<Said> found, Said next) {
        if (found.stream().noneMatch(said -> said.text().equals(next.text()))) {
            found.add(next);
        }
    }

    /// What a cycle decided, where that is news: a move begins, goes on to its next stage, is taken
    /// back, ends; advice changes.
    static List<Said> decided(
            @Nullable RateMatcherStatus before, RateMatcherStatus after, Cycle cycle) {
        var reason = cycle.decision().reason();
        var said = after.recommendation();
        if (said == null) {
            return List.of();
        }
        String text = Objects.requireNonNull(said.text());
        if (cycle.decision() instanceof Decision.Resize) {
            boolean back = reason == Reason.COMPENSATING || reason == Reason.INEFFECTIVE;
            return repeated(before, after)
                    ? List.of()
                    : List.of(
                            new Said(
                                    back,
                                    StatusText.camel(reason.name()),
                                    cycle.acts() ? text : "Recommended: " + text));
        }
        var open = before == null ? null : before.move();
        if (open != null && cycle.open() == null && reason == Reason.COOLING_DOWN) {
            boolean back = Objects.equals(open.phase(), "Compensating");
            return List.of(new Said(back, back ? "MoveTakenBack" : "MoveCompleted", text));
        }
        return List.of();
    }

    /// Whether the same was decided before: rates differ in every look, and are no news.
    private static boolean repeated(@Nullable RateMatcherStatus before, RateMatcherStatus after) {
        var last = before == null ? null : before.recommendation();
        var next = Objects.requireNonNull(after.recommendation());
        return last != null
                && Objects.equals(last.reason(), next.reason())
                && Objects.equals(last.ratio(), next.ratio())
                && Objects.equals(last.prefillReplicas(), next.prefillReplicas())
                && Objects.equals(last.decodeReplicas(), next.decodeReplicas())
                && Objects.equals(phase(before), phase(after));
    }

    private static @Nullable String phase(@Nullable RateMatcherStatus status) {
        var move = status == null ? null : status.move();
        return move == null ? null : move.phase();
    }
}
