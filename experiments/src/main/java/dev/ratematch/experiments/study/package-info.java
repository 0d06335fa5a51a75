/// The studies: each a pure function from what was asked to what was found.
@NullMarked
package dev.ratematch.experiments.study;

import org.jspecify.annotations.NullMarked;
