/// Where a RateMatcher's metrics come from: its pods, or a Prometheus server.
@NullMarked
package dev.ratematch.k8s.telemetry;

import org.jspecify.annotations.NullMarked;
