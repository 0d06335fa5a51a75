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
    private static final int ROOM = 256;

    /// Time and order of each event, side by side, so that comparing two reads one place each.
    private long[] keys = new long[2 * ROOM];

    /// Where the event of each place in the heap is; beyond the heap, the slots that are free.
    /// Events stay where they are while the heap moves, since moving references is dear.
    private int[] slots = new int[ROOM];

    private Handler[] handlers = new Handler[ROOM];
    private int[] tokens = new int[ROOM];
    private int size;

    /// Whether the first event is happening: its place is for the next one to be scheduled.
    private boolean vacant;

    private long sequence;
    private long nowNanos;

    /// A future without events.
    public EventQueue() {
        Arrays.setAll(slots, i -> i);
    }

    /// The present, virtual nanoseconds.
    public long nowNanos() {
        return nowNanos;
    }

    /// Whether nothing is left to happen.
    public boolean isEmpty() {
        return size == (vacant ? 1 : 0);
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
        long order = ((long) priority << PRIORITY_SHIFT) | sequence++;
        if (vacant) {
            vacant = false;
            sink(atNanos, order, filled(slots[0], handler, token));
            return;
        }
        if (size == slots.length) {
            grow();
        }
        rise(atNanos, order, filled(slots[size], handler, token));
    }

    private int filled(int slot, Handler handler, int token) {
        handlers[slot] = handler;
        tokens[slot] = token;
        return slot;
    }

    /// Runs every event due until `untilNanos`, that instant included, and stops the clock there.
    public void runUntil(long untilNanos) {
        closeVacancy();
        while (size > 0 && keys[0] <= untilNanos) {
            nowNanos = keys[0];
            int slot = slots[0];
            vacant = true;
            handlers[slot].handle(tokens[slot]);
            closeVacancy();
        }
        nowNanos = Math.max(nowNanos, untilNanos);
    }

    private void closeVacancy() {
        if (vacant) {
            vacant = false;
            int slot = slots[0];
            int last = --size;
            sink(keys[2 * last], keys[2 * last + 1], slots[last]);
            slots[last] = slot;
        }
    }

    private void rise(long time, long order, int slot) {
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) >>> 2;
            if (!before(time, order, parent)) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        put(hole, time, order, slot);
    }

    /// Puts an event at the top and lets it down to where it belongs.
    private void sink(long time, long order, int slot) {
        int hole = 0;
        while (true) {
            int child = first(4 * hole + 1, size);
            if (child >= size || before(time, order, child)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        put(hole, time, order, slot);
    }

    /// The earliest of up to four children.
    private int first(int from, int end) {
        int earliest = from;
        int to = Math.min(from + 4, end);
        for (int i = from + 1; i < to; i++) {
            if (before(keys[2 * i], keys[2 * i + 1], earliest)) {
                earliest = i;
            }
        }
        return earliest;
    }

    private boolean before(long time, long order, int other) {
        long otherTime = keys[2 * other];
        return time < otherTime || (time == otherTime && order < keys[2 * other + 1]);
    }

    private void move(int from, int to) {
        put(to, keys[2 * from], keys[2 * from + 1], slots[from]);
    }

    private void put(int at, long time, long order, int slot) {
        keys[2 * at] = time;
        keys[2 * at + 1] = order;
        slots[at] = slot;
    }

    private void grow() {
        int length = slots.length * 2;
        keys = Arrays.copyOf(keys, 2 * length);
        slots = Arrays.copyOf(slots, length);
        for (int i = size; i < length; i++) {
            slots[i] = i;
        }
        handlers = Arrays.copyOf(handlers, length);
        tokens = Arrays.copyOf(tokens, length);
    }
}
