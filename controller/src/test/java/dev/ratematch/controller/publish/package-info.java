/// Tests of what is shown of cycles.
@NullMarked
package dev.ratematch.controller.publish;

import org.jspecify.annotations.NullMarked;
