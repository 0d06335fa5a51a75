package dev.ratematch.harness.sim;

import java.util.Arrays;

/// The future of a simulation: events in the order (time, priority, sequence of scheduling), on a
/// clock of virtual nanoseconds. A heap of four branches, which has half the levels of one of two.
public final class EventQueue {

    /// What happens when an event is due.
    @FunctionalInterface
    public interface Handler {
        /// Handles the event.
        ///
        /// @param token what the scheduler passed along
        void handle(int token);
    }

    private static final int PRIORITY_SHIFT = 56;

    private long[] times = new long[1024];
    private long[] orders = new long[1024];
    private Handler[] handlers = new Handler[1024];
    private int[] tokens = new int[1024];
    private int size;
    private long sequence;
    private long nowNanos;

    /// The present, virtual nanoseconds.
    public long nowNanos() {
        return nowNanos;
    }

    /// Whether nothing is left to happen.
    public boolean isEmpty() {
        return size == 0;
    }

    /// Schedules an event.
    ///
    /// @param atNanos when; not before now
    /// @param priority 0 to 127; of two events at one instant the lower comes first
    /// @param token handed back to the handler
    public void schedule(long atNanos, int priority, Handler handler, int token) {
        if (atNanos < nowNanos) {
            throw new IllegalArgumentException(
                    "atNanos (%d) must not be before now (%d).".formatted(atNanos, nowNanos));
        }
        if (size == times.length) {
            grow();
        }
        long order = ((long) priority << PRIORITY_SHIFT) | sequence++;
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) >>> 2;
            if (!before(atNanos, order, times[parent], orders[parent])) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        put(hole, atNanos, order, handler, token);
    }

    /// Runs every event due until `untilNanos`, that instant included, and stops the clock there.
    public void runUntil(long untilNanos) {
        while (size > 0 && times[0] <= untilNanos) {
            nowNanos = times[0];
            var handler = handlers[0];
            int token = tokens[0];
            removeFirst();
            handler.handle(token);
        }
        nowNanos = Math.max(nowNanos, untilNanos);
    }

    private void removeFirst() {
        int last = --size;
        long time = times[last];
        long order = orders[last];
        var handler = handlers[last];
        int token = tokens[last];
        int hole = 0;
        while (true) {
            int child = first(4 * hole + 1, last);
            if (child >= last || !before(times[child], orders[child], time, order)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        put(hole, time, order, handler, token);
    }

    /// The earliest of up to four children.
    private int first(int from, int end) {
        int earliest = from;
        int to = Math.min(from + 4, end);
        for (int i = from + 1; i < to; i++) {
            if (before(times[i], orders[i], times[earliest], orders[earliest])) {
                earliest = i;
            }
        }
        return earliest;
    }

    private static boolean before(long timeA, long orderA, long timeB, long orderB) {
        return timeA < timeB || (timeA == timeB && orderA < orderB);
    }

    private void move(int from, int to) {
        put(to, times[from], orders[from], handlers[from], tokens[from]);
    }

    private void put(int at, long time, long order, Handler handler, int token) {
        times[at] = time;
        orders[at] = order;
        handlers[at] = handler;
        tokens[at] = token;
    }

    private void grow() {
        int length = times.length * 2;
        times = Arrays.copyOf(times, length);
        orders = Arrays.copyOf(orders, length);
        handlers = Arrays.copyOf(handlers, length);
        tokens = Arrays.copyOf(tokens, length);
    }
}
