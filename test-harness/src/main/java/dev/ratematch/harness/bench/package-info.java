/// Speed of this build on this machine.
@NullMarked
package dev.ratematch.harness.bench;

import org.jspecify.annotations.NullMarked;
