/// The scenarios of the judge, as data: traffic, load, promise, plant and what goes wrong.
@NullMarked
package dev.ratematch.harness.scenario;

import org.jspecify.annotations.NullMarked;
