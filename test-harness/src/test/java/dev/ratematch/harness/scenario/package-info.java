@NullMarked
package dev.ratematch.harness.scenario;

import org.jspecify.annotations.NullMarked;
