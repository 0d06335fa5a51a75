package dev.ratematch.experiments.study;

import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.harness.judge.Progress;

/// One question, and how it is answered. The same question of the same seed has the same answer.
public interface Study {

    /// Its name on the command line.
    String name();

    /// What it asks, as a sentence.
    String question();

    /// Works the answer out.
    ///
    /// @throws IllegalArgumentException where what was asked cannot be, with what would be right
    Findings run(Asked asked, Progress progress);
}
