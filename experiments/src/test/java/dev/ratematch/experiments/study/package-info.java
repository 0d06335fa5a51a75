/// Tests.
@NullMarked
package dev.ratematch.experiments.study;

import org.jspecify.annotations.NullMarked;
