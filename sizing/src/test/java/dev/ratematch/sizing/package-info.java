/// Tests of plans.
@NullMarked
package dev.ratematch.sizing;

import org.jspecify.annotations.NullMarked;
