/// What pairs are worth over what may come.
@NullMarked
package dev.ratematch.controller.prospect;

import org.jspecify.annotations.NullMarked;
