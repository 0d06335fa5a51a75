package dev.ratematch.harness.plant;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Sequences by the step at whose end they are complete, then by request: a binary heap whose keys
/// lie beside the sequences, so that comparing two looks at neither.
final class FinishOrder {

    private long[] steps = new long[64];
    private @Nullable Job[] jobs = new Job[64];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /// The step at which the first is complete. Not to be asked when empty.
    long firstStep() {
        return steps[0];
    }

    void add(Job job) {
        if (size == jobs.length) {
            steps = Arrays.copyOf(steps, 2 * size);
            jobs = Arrays.copyOf(jobs, 2 * size);
        }
        rise(size++, job, job.finishStep());
    }

    Job removeFirst() {
        var first = at(0);
        removeAt(0);
        return first;
    }

    void remove(Job job) {
        for (int i = 0; i < size; i++) {
            if (jobs[i] == job) {
                removeAt(i);
                return;
            }
        }
    }

    void clear() {
        Arrays.fill(jobs, 0, size, null);
        size = 0;
    }

    private Job at(int place) {
        var job = jobs[place];
        if (job == null) {
            throw new IllegalStateException("No sequence at place " + place + ".");
        }
        return job;
    }

    private void removeAt(int place) {
        int end = --size;
        var moved = at(end);
        long step = steps[end];
        jobs[end] = null;
        if (place == end) {
            return;
        }
        sink(place, moved, step);
        if (jobs[place] == moved) {
            rise(place, moved, step);
        }
    }

    private void rise(int from, Job job, long step) {
        int hole = from;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!before(step, job, parent)) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        put(hole, job, step);
    }

    private void sink(int from, Job job, long step) {
        int hole = from;
        for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
            if (child + 1 < size && before(steps[child + 1], at(child + 1), child)) {
                child++;
            }
            if (!before(steps[child], at(child), step, job)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        put(hole, job, step);
    }

    private boolean before(long step, Job job, int other) {
        return before(step, job, steps[other], at(other));
    }

    private static boolean before(long step, Job job, long otherStep, Job other) {
        return step < otherStep || (step == otherStep && job.index < other.index);
    }

    private void move(int from, int to) {
        put(to, at(from), steps[from]);
    }

    private void put(int place, Job job, long step) {
        jobs[place] = job;
        steps[place] = step;
    }
}
