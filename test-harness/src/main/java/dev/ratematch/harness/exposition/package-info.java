/// What the plant's engines and frontend show of themselves: metrics pages in the dialects of real
/// ones. It observes the plant, and never the other way round.
@NullMarked
package dev.ratematch.harness.exposition;

import org.jspecify.annotations.NullMarked;
