/// Reads engines' metrics: exposition text to typed observations. Parsing and arithmetic are pure;
/// fetching lives in `telemetry.scrape`.
@NullMarked
package dev.ratematch.controller.telemetry;

import org.jspecify.annotations.NullMarked;
