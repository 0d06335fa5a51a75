/// Tests of the commands that look at a live system.
@NullMarked
package dev.ratematch.cli.live;

import org.jspecify.annotations.NullMarked;
