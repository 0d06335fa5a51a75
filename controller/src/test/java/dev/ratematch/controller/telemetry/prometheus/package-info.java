/// Tests of the package.
@NullMarked
package dev.ratematch.controller.telemetry.prometheus;

import org.jspecify.annotations.NullMarked;
