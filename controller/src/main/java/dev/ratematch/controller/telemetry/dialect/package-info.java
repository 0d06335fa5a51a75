/// What engines and gateways expose, as data: which metric of which dialect feeds which fact. Knows
/// names, not values.
@NullMarked
package dev.ratematch.controller.telemetry.dialect;

import org.jspecify.annotations.NullMarked;
