/// Speed of this build on this machine.
@NullMarked
package dev.ratematch.cli.bench;

import org.jspecify.annotations.NullMarked;
