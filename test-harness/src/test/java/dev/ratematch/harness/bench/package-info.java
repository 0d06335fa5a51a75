/// Tests of the measuring.
@NullMarked
package dev.ratematch.cli.bench;

import org.jspecify.annotations.NullMarked;
