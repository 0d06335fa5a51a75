/// Weights and KV cache in the memory of a worker.
@NullMarked
package dev.ratematch.costmodel.memory;

import org.jspecify.annotations.NullMarked;
