/// Tests of the command line.
@NullMarked
package dev.ratematch.cli;

import org.jspecify.annotations.NullMarked;
