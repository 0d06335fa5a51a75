/// Steady-state formulas of queueing: what waits, what runs at once and what it holds.
@NullMarked
package dev.ratematch.costmodel.queue;

import org.jspecify.annotations.NullMarked;
