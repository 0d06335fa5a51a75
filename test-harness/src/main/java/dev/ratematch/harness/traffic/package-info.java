/// Requests: trace readers, seeded generators, rate scaling, dispersion.
@NullMarked
package dev.ratematch.harness.traffic;

import org.jspecify.annotations.NullMarked;
