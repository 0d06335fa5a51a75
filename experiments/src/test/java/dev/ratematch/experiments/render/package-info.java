/// Tests.
@NullMarked
package dev.ratematch.experiments.render;

import org.jspecify.annotations.NullMarked;
