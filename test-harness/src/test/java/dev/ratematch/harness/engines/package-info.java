/// Real serving stacks on loopback, a client that records what it saw, and what is read of them.
@NullMarked
package dev.ratematch.harness.engines;

import org.jspecify.annotations.NullMarked;
