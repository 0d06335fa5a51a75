package dev.ratematch.harness.plant;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Requests in the order in which they came, any of which may leave at any time. The links lie in
/// the requests themselves, so that neither costs a search; a request is in one chain at a time.
final class JobChain {

    private @Nullable Job first;
    private @Nullable Job last;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Job job) {
        if (job.chain != null) {
            throw new IllegalStateException("Request %d is in another chain.".formatted(job.index));
        }
        job.chain = this;
        job.chainBefore = last;
        if (last == null) {
            first = job;
        } else {
            last.chainAfter = job;
        }
        last = job;
        size++;
    }

    /// Takes a request out.
    ///
    /// @return whether it was here
    boolean remove(Job job) {
        if (job.chain != this) {
            return false;
        }
        var before = job.chainBefore;
        var after = job.chainAfter;
        if (before == null) {
            first = after;
        } else {
            before.chainAfter = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.chainBefore = before;
        }
        job.chain = null;
        job.chainBefore = null;
        job.chainAfter = null;
        size--;
        return true;
    }

    /// Takes the one out that came last.
    Job removeLast() {
        var newest = last;
        if (newest == null) {
            throw new IllegalStateException("The chain is empty.");
        }
        remove(newest);
        return newest;
    }

    /// Moves all of them to the end of a list, oldest first.
    void drainTo(List<Job> all) {
        for (var job = first; job != null; job = first) {
            remove(job);
            all.add(job);
        }
    }
}
