/// The simulated cluster over real HTTP: metrics by pod, a scale API, and a pace.
@NullMarked
package dev.ratematch.harness.http;

import org.jspecify.annotations.NullMarked;
