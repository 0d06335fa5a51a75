/// Design-space sweep, Pareto frontier, rate matching and the exact integer mix on a GPU budget.
@NullMarked
package dev.ratematch.costmodel.frontier;

import org.jspecify.annotations.NullMarked;
