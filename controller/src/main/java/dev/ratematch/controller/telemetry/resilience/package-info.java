/// Calls to sources that may be slow, down or flooded, bounded in time and number.
@NullMarked
package dev.ratematch.controller.telemetry.resilience;

import org.jspecify.annotations.NullMarked;
