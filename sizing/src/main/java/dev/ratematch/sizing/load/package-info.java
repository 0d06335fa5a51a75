/// Sizing for a load: the fewest GPUs that keep both promises at the percentile, queueing included.
@NullMarked
package dev.ratematch.sizing.load;

import org.jspecify.annotations.NullMarked;
