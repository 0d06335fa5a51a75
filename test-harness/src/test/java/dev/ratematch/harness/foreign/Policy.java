package dev.ratematch.harness.foreign;

/// What sizes the two pools of the foreign plant.
interface Policy {

    /// What to command now.
    Counts window(Seen seen);
}
