/// Which workers at all: candidates, sweeps of the design space, the Pareto frontier and the plan.
@NullMarked
package dev.ratematch.costmodel.frontier.search;

import org.jspecify.annotations.NullMarked;
