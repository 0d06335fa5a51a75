/// Fetches metrics over HTTP. The only part of telemetry that touches the network.
@NullMarked
package dev.ratematch.controller.telemetry.scrape;

import org.jspecify.annotations.NullMarked;
