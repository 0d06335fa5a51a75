/// A model on a system by the cost model: its matched pools, and co-located serving beside them.
@NullMarked
package dev.ratematch.experiments.design;

import org.jspecify.annotations.NullMarked;
