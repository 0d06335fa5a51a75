/// Tests of the package.
@NullMarked
package dev.ratematch.controller.telemetry.doctor;

import org.jspecify.annotations.NullMarked;
