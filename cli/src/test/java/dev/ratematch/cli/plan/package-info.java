/// Tests of what the plan command is made of.
@NullMarked
package dev.ratematch.cli.plan;

import org.jspecify.annotations.NullMarked;
