@NullMarked
package dev.ratematch.harness.sim;

import org.jspecify.annotations.NullMarked;
