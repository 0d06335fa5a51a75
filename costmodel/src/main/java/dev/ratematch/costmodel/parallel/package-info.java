/// Precision and parallelism of a worker, and their legality.
@NullMarked
package dev.ratematch.costmodel.parallel;

import org.jspecify.annotations.NullMarked;
