/// Steady loads on the simulated cluster, against what the queueing law says of them.
@NullMarked
package dev.ratematch.harness.steady;

import org.jspecify.annotations.NullMarked;
