package dev.ratematch.controller.estimate;

import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Kinds of requests that were seen before: prompts of some mean length and the answers that came
/// with them. Where traffic turns, prompts are seen at once and answers only as they end; where
/// such prompts were there before, so are their answers.
///
/// @param seen in the order in which they were first met
public record Precedents(List<Precedent> seen) {

    /// One kind.
    ///
    /// @param inputTokens mean ISL
    /// @param outputTokens mean OSL
    /// @param outputCv2 squared coefficient of variation of OSL
    /// @param windows how many it was learnt from
    record Precedent(double inputTokens, double outputTokens, double outputCv2, int windows) {

        Precedent {
            Check.finiteAtLeast("inputTokens", inputTokens, 1);
            Check.finiteAtLeast("outputTokens", outputTokens, 1);
            Check.finiteAtLeast("outputCv2", outputCv2, 0);
            Check.atLeast("windows", windows, 1);
        }

        private boolean like(Precedent other) {
            return alike(inputTokens, other.inputTokens, SAME_INPUT)
                    && alike(outputTokens, other.outputTokens, SAME_OUTPUT);
        }

        private Precedent with(Precedent newest) {
            int more = windows + 1;
            double share = 1.0 / Math.min(MEMORY_WINDOWS, more);
            return new Precedent(
                    inputTokens + share * (newest.inputTokens - inputTokens),
                    outputTokens + share * (newest.outputTokens - outputTokens),
                    outputCv2 + share * (newest.outputCv2 - outputCv2),
                    more);
        }
    }

    /// None yet.
    public static final Precedents NONE = new Precedents(List.of());

    /// Mean lengths within these factors are of one kind.
    private static final double SAME_INPUT = 1.25;

    private static final double SAME_OUTPUT = 1.6;

    /// Factor on mean ISL from one window to another at which traffic has turned.
    private static final double TURNED = 1.5;

    /// Windows of one kind in a row that make a precedent: answers of minutes have ended by then.
    private static final int STEADY_WINDOWS = 14;

    /// Over so long what ends counts ever more, and the precedent ever less.
    private static final double FADING_SECONDS = 180;

    private static final int MEMORY_WINDOWS = 40;
    private static final int KINDS_MOST = 8;

    public Precedents {
        seen = List.copyOf(seen);
    }

    /// With what the newest windows show, where they are of one kind.
    ///
    /// @param windows newest last
    public Precedents saw(List<Window> windows) {
        var newest = steady(windows);
        if (newest == null) {
            return this;
        }
        var next = new ArrayList<>(seen);
        for (int i = 0; i < next.size(); i++) {
            if (next.get(i).like(newest)) {
                next.set(i, next.get(i).with(newest));
                return new Precedents(next);
            }
        }
        if (next.size() == KINDS_MOST) {
            next.remove(rarest(next));
        }
        next.add(newest);
        return new Precedents(next);
    }

    private static @Nullable Precedent steady(List<Window> windows) {
        if (windows.size() < STEADY_WINDOWS) {
            return null;
        }
        var recent = windows.subList(windows.size() - STEADY_WINDOWS, windows.size());
        var load = Estimator.estimate(recent);
        if (!(load.requestsPerSecond() > 0)) {
            return null;
        }
        var mean = new Precedent(load.inputTokens(), load.outputTokens(), load.outputCv2(), 1);
        boolean alike =
                recent.stream()
                        .map(
                                w ->
                                        new Precedent(
                                                w.inputTokens(),
                                                w.outputTokens(),
                                                w.outputCv2(),
                                                1))
                        .allMatch(mean::like);
        return alike ? mean : null;
    }

    private static Precedent rarest(List<Precedent> kinds) {
        var rarest = kinds.getFirst();
        for (var kind : kinds) {
            rarest = kind.windows() < rarest.windows() ? kind : rarest;
        }
        return rarest;
    }

    /// A window, with the answers of its precedent where traffic has just turned to such prompts.
    /// Where prompts of such a length came with answers of different ones nothing is told.
    ///
    /// @param past windows before it, newest last
    Window applied(Window window, List<Window> past) {
        var kind = precedent(window);
        double share = 1 - sinceTurn(window, past) / FADING_SECONDS;
        if (kind == null || share <= 0) {
            return window;
        }
        double output =
                StrictMath.pow(kind.outputTokens(), share)
                        * StrictMath.pow(window.outputTokens(), 1 - share);
        return window.withOutput(output, kind.outputCv2());
    }

    private @Nullable Precedent precedent(Window window) {
        Precedent found = null;
        for (var kind : seen) {
            if (alike(kind.inputTokens(), window.inputTokens(), SAME_INPUT)) {
                if (found != null) {
                    return null;
                }
                found = kind;
            }
        }
        return found;
    }

    /// Seconds since prompts were of another length, infinite where no window tells of that.
    private static double sinceTurn(Window window, List<Window> past) {
        for (var before : past.reversed()) {
            if (!alike(before.inputTokens(), window.inputTokens(), TURNED)) {
                return window.atSeconds() - before.atSeconds();
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private static boolean alike(double one, double other, double factor) {
        return Math.max(one, other) <= factor * Math.min(one, other);
    }
}
