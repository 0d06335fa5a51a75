/// A real Prometheus for tests, and samples to fill it with.
@NullMarked
package dev.ratematch.harness.prometheus;

import org.jspecify.annotations.NullMarked;
