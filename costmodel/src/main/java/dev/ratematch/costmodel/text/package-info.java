/// Text for a terminal: as wide as it is, coloured where it can be.
@NullMarked
package dev.ratematch.costmodel.text;

import org.jspecify.annotations.NullMarked;
