/// How large a fleet must be, before there is one: what `plan` reads, works out and prints.
@NullMarked
package dev.ratematch.sizing;

import org.jspecify.annotations.NullMarked;
