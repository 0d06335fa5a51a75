/// The shipped demo: its scene, what it looks like while it runs, and its summary.
@NullMarked
package dev.ratematch.harness.demo;

import org.jspecify.annotations.NullMarked;
