package dev.ratematch.controller.prospect;

import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/// The pairs that were best of late, so that what is best for a moment moves nothing.
///
/// @param points newest last
public record Aims(List<Point> points) {

    /// What was best at a time.
    public record Point(double atSeconds, Sizes pair) {}

    /// None yet.
    public static final Aims NONE = new Aims(List.of());

    /// A look may come a little late.
    private static final double SLACK_SECONDS = 1;

    public Aims {
        points = List.copyOf(points);
    }

    Aims aiming(double atSeconds, Sizes pair, double memorySeconds) {
        var next = new ArrayList<Point>();
        for (var point : points) {
            if (point.atSeconds() >= atSeconds - memorySeconds - SLACK_SECONDS) {
                next.add(point);
            }
        }
        next.add(new Point(atSeconds, pair));
        return new Aims(next);
    }

    /// Whether they reach back so far.
    public boolean reach(double sinceSeconds) {
        return !points.isEmpty() && points.getFirst().atSeconds() <= sinceSeconds + SLACK_SECONDS;
    }

    /// The pair nearest to what is there that lies, role by role, within what was best since then.
    public Sizes nearest(Sizes now, double sinceSeconds) {
        int leastPrefill = Integer.MAX_VALUE;
        int mostPrefill = 0;
        int leastDecode = Integer.MAX_VALUE;
        int mostDecode = 0;
        for (var point : points) {
            if (point.atSeconds() >= sinceSeconds - SLACK_SECONDS) {
                leastPrefill = Math.min(leastPrefill, point.pair().prefill());
                mostPrefill = Math.max(mostPrefill, point.pair().prefill());
                leastDecode = Math.min(leastDecode, point.pair().decode());
                mostDecode = Math.max(mostDecode, point.pair().decode());
            }
        }
        return mostPrefill == 0
                ? now
                : new Sizes(
                        Math.clamp(now.prefill(), leastPrefill, mostPrefill),
                        Math.clamp(now.decode(), leastDecode, mostDecode));
    }

    /// The most GPUs that a pair holds which was best since then; 0 where none is known.
    public int mostGpus(ServiceSpec spec, double sinceSeconds) {
        int most = 0;
        for (var point : points) {
            if (point.atSeconds() >= sinceSeconds - SLACK_SECONDS) {
                most = Math.max(most, spec.gpus(point.pair()));
            }
        }
        return most;
    }
}
