package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Speculation;

/// What goes wrong at a set time of an episode, for every policy alike.
public sealed interface Disruption {

    /// When it begins, seconds since the start of the trace.
    double atSeconds();

    /// Happens to the plant; those that only change what policies see or may do leave it alone.
    default void strike(ExposedCluster exposed) {}

    /// The plant recovers, where the fault ends.
    default void end(ExposedCluster exposed) {}

    /// When it ends, seconds; infinite for never.
    default double untilSeconds() {
        return Double.POSITIVE_INFINITY;
    }

    /// A host dies with every replica on it, and does not come back.
    ///
    /// @param host its number
    record HostLost(double atSeconds, int host) implements Disruption {

        @Override
        public void strike(ExposedCluster exposed) {
            exposed.cluster().loseHost(host);
        }
    }

    /// New replicas stay pending: the scheduler has no room for them.
    record NoRoom(double atSeconds, double untilSeconds) implements Disruption {

        @Override
        public void strike(ExposedCluster exposed) {
            exposed.cluster().blockScheduling(true);
        }

        @Override
        public void end(ExposedCluster exposed) {
            exposed.cluster().blockScheduling(false);
        }
    }

    /// No scrape is answered. Peers, which do not scrape, hold their counts meanwhile.
    record TelemetryGone(double atSeconds, double untilSeconds) implements Disruption {}

    /// Every counter begins at zero again, the requests go on.
    record CountersReset(double atSeconds) implements Disruption {

        @Override
        public void strike(ExposedCluster exposed) {
            exposed.resetCounters();
        }
    }

    /// Every NIC carries a share of its bandwidth.
    ///
    /// @param share above 0, at most 1
    record LinkSlowed(double atSeconds, double untilSeconds, double share) implements Disruption {

        @Override
        public void strike(ExposedCluster exposed) {
            exposed.cluster().slowLinks(share);
        }

        @Override
        public void end(ExposedCluster exposed) {
            exposed.cluster().slowLinks(1);
        }
    }

    /// Decode engines speculate from then on.
    record SpeculationOn(double atSeconds, Speculation speculation) implements Disruption {

        @Override
        public void strike(ExposedCluster exposed) {
            exposed.cluster().speculate(speculation);
        }
    }

    /// Something else is promised to those who come from then on, and our own controller is told.
    ///
    /// @param slo the promise
    record PromiseChanged(double atSeconds, Slo slo) implements Disruption {}

    /// Fewer GPUs may be held from then on. A command that asks for more is cut in proportion.
    ///
    /// @param gpus that may be held
    record BudgetCut(double atSeconds, int gpus) implements Disruption {}
}
