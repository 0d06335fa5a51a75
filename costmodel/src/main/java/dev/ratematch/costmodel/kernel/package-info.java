/// Latency of single GPU kernels: rooflines, floors and the first calibration.
@NullMarked
package dev.ratematch.costmodel.kernel;

import org.jspecify.annotations.NullMarked;
