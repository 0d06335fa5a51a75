/// Fits the model to measurements, asks it row by row, and says how far off it is on what it was
/// not fitted to.
@NullMarked
package dev.ratematch.costmodel.calibrate;

import org.jspecify.annotations.NullMarked;
