package dev.ratematch.dashboards.view;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A day of one service: the newest cycles as they were, and of those before them one in each four
/// minutes, the one that stood worst against its promise, so that thinning hides no breach. It
/// never holds more than 481 points (1,801 where it keeps cycles), and nothing that is older than a
/// day. Confined to one thread.
final class History {

    /// Half an hour of cycles at 15 s.
    static final int NEWEST_MAX = 120;

    /// Six hours of them: whoever keeps cycles wants to look at each.
    static final int NEWEST_WHOLE_MAX = 1440;

    /// As many of these in a day as a chart has room for.
    static final double SLOT_SECONDS = 240;

    static final double DAY_SECONDS = 86_400;

    private final boolean whole;
    private final Deque<Point> newest = new ArrayDeque<>();
    private final Deque<Point> thinned = new ArrayDeque<>();

    /// An empty one.
    ///
    /// @param whole whether each point keeps its cycle, some 15 KiB
    History(boolean whole) {
        this.whole = whole;
    }

    void add(Seen seen) {
        var last = newest.peekLast();
        if (last != null && seen.atSeconds() < last.atSeconds()) {
            // The clock was put back, or another run began: what was before has no place on its
            // axis.
            newest.clear();
            thinned.clear();
            last = null;
        }
        newest.addLast(Point.of(seen, last, whole));
        if (newest.size() > (whole ? NEWEST_WHOLE_MAX : NEWEST_MAX)) {
            thin(newest.removeFirst());
        }
        double oldest = seen.atSeconds() - DAY_SECONDS;
        drop(thinned, oldest);
        drop(newest, oldest);
    }

    private void thin(Point point) {
        var last = thinned.peekLast();
        if (last == null || slot(last) != slot(point)) {
            thinned.addLast(point);
        } else if (point.strain() >= last.strain()) {
            thinned.removeLast();
            thinned.addLast(point);
        }
    }

    private static long slot(Point point) {
        return (long) Math.floor(point.atSeconds() / SLOT_SECONDS);
    }

    private static void drop(Deque<Point> points, double oldest) {
        for (var first = points.peekFirst();
                first != null && first.atSeconds() < oldest;
                first = points.peekFirst()) {
            points.removeFirst();
        }
    }

    /// Points after a cycle, oldest first.
    List<Point> after(long sequence) {
        var points = new ArrayList<Point>();
        for (var each : List.of(thinned, newest)) {
            for (var point : each) {
                if (point.sequence() > sequence) {
                    points.add(point);
                }
            }
        }
        return points;
    }

    int size() {
        return newest.size() + thinned.size();
    }

    /// The last cycle at or before a moment, where cycles are kept; the first where all are later.
    Optional<Seen> at(double seconds) {
        @Nullable Seen found = null;
        for (var point : after(0)) {
            if (found == null || point.atSeconds() <= seconds) {
                found = point.seen();
            }
        }
        return Optional.ofNullable(found);
    }
}
