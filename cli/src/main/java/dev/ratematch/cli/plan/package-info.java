/// What `ratematch plan` reads, works out and prints.
@NullMarked
package dev.ratematch.cli.plan;

import org.jspecify.annotations.NullMarked;
