/// What pairs are worth over what may come: what the traffic needs, the kinds of it that were seen,
/// how far forecasts were off, and what all that makes of a pair. Pure.
@NullMarked
package dev.ratematch.controller.prospect;

import org.jspecify.annotations.NullMarked;
