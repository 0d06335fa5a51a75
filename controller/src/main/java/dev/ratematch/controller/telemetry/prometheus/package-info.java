/// Reads what a Prometheus has scraped: its HTTP API, raw samples with their true times.
@NullMarked
package dev.ratematch.controller.telemetry.prometheus;

import org.jspecify.annotations.NullMarked;
