/// Commands that look at a live system without any rights on it: `doctor` and `recommend`.
@NullMarked
package dev.ratematch.cli.live;

import org.jspecify.annotations.NullMarked;
