/// The plant: a simulated disaggregated cluster that knows nothing of the planner's model.
@NullMarked
package dev.ratematch.harness.plant;

import org.jspecify.annotations.NullMarked;
