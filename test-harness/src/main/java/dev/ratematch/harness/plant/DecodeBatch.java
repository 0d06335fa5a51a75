package dev.ratematch.harness.plant;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/// The sequences that a decode engine computes together, one token each a step, and the KV tokens
/// that they have.
final class DecodeBatch {

    private final PriorityQueue<Job> byFinish = new PriorityQueue<>(DecodeBatch::byFinish);
    private final ArrayList<Job> byAge = new ArrayList<>();
    private final List<Job> fresh = new ArrayList<>();
    private long residentTokens;
    private long stepsDone;

    private static int byFinish(Job one, Job other) {
        int byStep = Long.compare(one.finishStep(), other.finishStep());
        return byStep != 0 ? byStep : Integer.compare(one.index, other.index);
    }

    int size() {
        return byAge.size();
    }

    boolean isEmpty() {
        return byAge.isEmpty();
    }

    /// KV tokens of its sequences.
    long residentTokens() {
        return residentTokens;
    }

    /// Steps made since the engine began.
    long stepsDone() {
        return stepsDone;
    }

    /// Steps until the first sequence is complete. Not to be asked of an empty batch.
    long stepsUntilFinish() {
        return byFinish.element().finishStep() - stepsDone;
    }

    void add(Job job) {
        residentTokens += job.kvTokens();
        job.joinedAtStep = stepsDone;
        byFinish.add(job);
        byAge.add(job);
        fresh.add(job);
    }

    /// Makes steps: a token each for every sequence.
    void step(int steps) {
        residentTokens += (long) steps * size();
        stepsDone += steps;
    }

    /// Sequences that have joined since the last call of this and are here still.
    List<Job> takeFresh() {
        if (fresh.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(fresh);
        fresh.clear();
        return taken;
    }

    /// Whether any sequence is complete.
    boolean hasFinished() {
        return !byFinish.isEmpty() && stepsUntilFinish() <= 0;
    }

    /// Takes the sequence out that is complete.
    Job removeFinished() {
        var job = byFinish.remove();
        byAge.remove(job);
        residentTokens -= (long) job.inputTokens() + job.outputTokens();
        return job;
    }

    /// Takes the newest sequence out, with what it has made so far.
    Job removeNewest() {
        var job = byAge.removeLast();
        byFinish.remove(job);
        fresh.remove(job);
        long made = stepsDone - job.joinedAtStep;
        residentTokens -= job.kvTokens() + made;
        job.generatedBefore += (int) made;
        return job;
    }

    /// Empties it.
    ///
    /// @return what was in it, oldest first
    List<Job> clear() {
        var all = List.copyOf(byAge);
        byFinish.clear();
        byAge.clear();
        return all;
    }
}
