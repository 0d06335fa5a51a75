/// Guards and the few unit types that the cost model shares.
@NullMarked
package dev.ratematch.costmodel.units;

import org.jspecify.annotations.NullMarked;
