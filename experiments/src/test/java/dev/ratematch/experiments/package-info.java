/// Tests.
@NullMarked
package dev.ratematch.experiments;

import org.jspecify.annotations.NullMarked;
