/// Tests of the package.
@NullMarked
package dev.ratematch.controller.telemetry.dialect;

import org.jspecify.annotations.NullMarked;
