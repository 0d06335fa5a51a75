/// Rules about the module as a whole.
@NullMarked
package dev.ratematch.harness;

import org.jspecify.annotations.NullMarked;
