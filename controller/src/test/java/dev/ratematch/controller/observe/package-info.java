/// Tests of this package.
@NullMarked
package dev.ratematch.controller.observe;

import org.jspecify.annotations.NullMarked;
