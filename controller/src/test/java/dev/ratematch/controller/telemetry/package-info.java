/// Tests of the telemetry package.
@NullMarked
package dev.ratematch.controller.telemetry;

import org.jspecify.annotations.NullMarked;
