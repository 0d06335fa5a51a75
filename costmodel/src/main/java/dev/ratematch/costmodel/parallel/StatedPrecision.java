package dev.ratematch.costmodel.parallel;

import java.util.Optional;

/// What the files of a checkpoint say of the precision of its weights.
public sealed interface StatedPrecision {

    /// Where it stands: field, value and file.
    String source();

    /// A precision that there are kernels for.
    ///
    /// @param note what is planned otherwise than it is stored; empty where nothing is
    record Known(Precision precision, String source, Optional<String> note)
            implements StatedPrecision {}

    /// A scheme without kernels that come near.
    ///
    /// @param reason why, a clause
    record Unserved(String source, String reason) implements StatedPrecision {}
}
