/// Tests of the measuring.
@NullMarked
package dev.ratematch.harness.bench;

import org.jspecify.annotations.NullMarked;
