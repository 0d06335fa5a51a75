/// The plant: a simulated disaggregated cluster that knows nothing of the planner's model.
@NullMarked
package dev.ratematch.harness.cluster;

import org.jspecify.annotations.NullMarked;
