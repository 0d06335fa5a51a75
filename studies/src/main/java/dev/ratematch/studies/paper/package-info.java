/// The shapes of the paper that Ratematch implements, drawn from its own cost model.
@NullMarked
package dev.ratematch.studies.paper;

import org.jspecify.annotations.NullMarked;
