/// Limits and breakers.
@NullMarked
package dev.ratematch.controller.telemetry.resilience;

import org.jspecify.annotations.NullMarked;
