/// What every host shows of its cycles as metrics.
@NullMarked
package dev.ratematch.controller.publish;

import org.jspecify.annotations.NullMarked;
