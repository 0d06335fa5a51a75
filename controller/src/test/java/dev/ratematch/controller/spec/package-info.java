/// Tests of this package.
@NullMarked
package dev.ratematch.controller.spec;

import org.jspecify.annotations.NullMarked;
