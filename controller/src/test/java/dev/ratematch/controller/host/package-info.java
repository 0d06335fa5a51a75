/// Tests of the package.
@NullMarked
package dev.ratematch.controller.host;

import org.jspecify.annotations.NullMarked;
