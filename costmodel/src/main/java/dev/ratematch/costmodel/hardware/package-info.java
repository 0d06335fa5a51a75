/// Accelerators and what their data sheets promise.
@NullMarked
package dev.ratematch.costmodel.hardware;

import org.jspecify.annotations.NullMarked;
