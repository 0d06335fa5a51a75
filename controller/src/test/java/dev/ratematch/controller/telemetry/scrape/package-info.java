/// Tests of the package.
@NullMarked
package dev.ratematch.controller.telemetry.scrape;

import org.jspecify.annotations.NullMarked;
