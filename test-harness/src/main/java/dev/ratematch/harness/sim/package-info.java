/// Virtual time: an event queue, seeded noise, histograms.
@NullMarked
package dev.ratematch.harness.sim;

import org.jspecify.annotations.NullMarked;
