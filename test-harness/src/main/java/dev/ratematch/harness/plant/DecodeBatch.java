package dev.ratematch.harness.plant;

import java.util.ArrayList;
import java.util.List;

/// The sequences that a decode engine computes together, one token each a step, and the KV tokens
/// that they have.
final class DecodeBatch {

    private final FinishOrder byFinish = new FinishOrder();
    private final JobChain byAge = new JobChain();
    private final List<Job> fresh = new ArrayList<>();
    private long residentTokens;
    private long stepsDone;

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
        return byFinish.firstStep() - stepsDone;
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

    /// Sequences that have joined since the last call of [#noneIsFresh] and are here still.
    List<Job> fresh() {
        return fresh;
    }

    /// From now on no sequence counts as having just joined.
    void noneIsFresh() {
        fresh.clear();
    }

    /// Whether any sequence is complete.
    boolean hasFinished() {
        return !byFinish.isEmpty() && stepsUntilFinish() <= 0;
    }

    /// Takes the sequence out that is complete.
    Job removeFinished() {
        var job = byFinish.removeFirst();
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
        var all = new ArrayList<Job>(byAge.size());
        byFinish.clear();
        byAge.drainTo(all);
        return all;
    }
}
