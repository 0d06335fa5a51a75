package dev.ratematch.dashboards.view;

import dev.ratematch.controller.core.Cycle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A state that an open move was seen in.
///
/// @param phase as the move names it
/// @param atSeconds when it was first seen in it
/// @param startedSeconds of the move that it is a step of
public record MoveStep(String phase, double atSeconds, double startedSeconds) {

    /// More of them than this says nothing new; a move that turns round again and again ends.
    private static final int STEPS_MAX = 24;

    /// The steps of a cycle's open move, those before it included; empty where none is open.
    public static List<MoveStep> after(@Nullable List<MoveStep> before, Cycle cycle) {
        var move = cycle.open();
        if (move == null) {
            return List.of();
        }
        var steps = new ArrayList<MoveStep>();
        if (before != null
                && !before.isEmpty()
                && before.getLast().startedSeconds() == move.startedSeconds()) {
            steps.addAll(before);
        }
        String phase = move.phase().name();
        if (steps.isEmpty() || !steps.getLast().phase().equals(phase)) {
            steps.add(new MoveStep(phase, cycle.snapshot().atSeconds(), move.startedSeconds()));
        }
        return steps.size() > STEPS_MAX
                ? List.copyOf(steps.subList(steps.size() - STEPS_MAX, steps.size()))
                : List.copyOf(steps);
    }
}
