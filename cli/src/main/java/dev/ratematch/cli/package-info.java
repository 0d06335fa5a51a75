/// The `ratematch` command: the only place that wires everything together.
@NullMarked
package dev.ratematch.cli;

import org.jspecify.annotations.NullMarked;
