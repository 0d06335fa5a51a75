/// A plant of another kind than the bundled one, written from the words of the `step` protocol: it
/// shares neither code nor step times with the plant, the cost model or the planner, and sees the
/// controller through its JSON lines alone.
@NullMarked
package dev.ratematch.harness.foreign;

import org.jspecify.annotations.NullMarked;
