/// Prefill and decode iterations of a compiled worker.
@NullMarked
package dev.ratematch.costmodel.phase;

import org.jspecify.annotations.NullMarked;
