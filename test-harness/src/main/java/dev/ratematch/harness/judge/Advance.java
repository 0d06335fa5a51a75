package dev.ratematch.harness.judge;

import dev.ratematch.harness.exposition.ExposedCluster;

/// How time passes on the plant between two control instants.
@FunctionalInterface
public interface Advance {

    /// As fast as it can be computed.
    Advance AT_ONCE = (exposed, nanos) -> exposed.cluster().runUntil(nanos);

    /// Runs the cluster up to that instant, included.
    ///
    /// @param toNanos virtual nanoseconds since the start of the trace
    void advance(ExposedCluster exposed, long toNanos);
}
