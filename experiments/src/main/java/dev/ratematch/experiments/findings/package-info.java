/// What a study found, as values: one sentence, tables with units, pictures, and where the paper
/// says otherwise.
@NullMarked
package dev.ratematch.experiments.findings;

import org.jspecify.annotations.NullMarked;
