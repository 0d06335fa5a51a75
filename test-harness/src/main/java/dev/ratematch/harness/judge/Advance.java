package dev.ratematch.harness.judge;

import dev.ratematch.harness.cluster.Cluster;

/// How time passes on the plant between two control instants.
@FunctionalInterface
public interface Advance {

    /// As fast as it can be computed.
    Advance AT_ONCE = Cluster::runUntil;

    /// Runs the cluster up to that instant, included.
    ///
    /// @param toNanos virtual nanoseconds since the start of the trace
    void advance(Cluster cluster, long toNanos);
}
