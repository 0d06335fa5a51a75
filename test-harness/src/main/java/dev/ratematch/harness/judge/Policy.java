package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Cluster;
import java.util.Map;

/// Something that sizes both pools once per control cycle.
public interface Policy {

    /// Counts to command, and why.
    ///
    /// @param prefill prefill replicas
    /// @param decode decode replicas
    /// @param reason for people; empty when nothing is worth saying
    /// @param switching whether what one role gives and the other takes changes its role
    record Command(int prefill, int decode, String reason, boolean switching) {

        /// Counts that replicas are stopped and started for.
        public Command(int prefill, int decode, String reason) {
            this(prefill, decode, reason, false);
        }
    }

    /// What a policy may look at.
    ///
    /// @param atSeconds virtual time
    /// @param window what really happened since the last cycle; our own controller does not look at
    ///   it, peers do, which spares them the errors of a scrape
    /// @param exposed the plant, to be scraped and counted
    /// @param commanded what was commanded last
    /// @param budgetGpus GPUs that may be held now
    /// @param telemetry whether scrapes are answered now
    /// @param slo what is promised now
    record View(
            double atSeconds,
            TrueWindow window,
            ExposedCluster exposed,
            Episode.Pair commanded,
            int budgetGpus,
            boolean telemetry,
            Slo slo) {

        /// The plant, to be counted.
        public Cluster cluster() {
            return exposed.cluster();
        }
    }

    /// Name in reports.
    String name();

    /// Decides one cycle.
    Command decide(View view);

    /// Whether it reads the plant's metrics; if not, the plant is spared the counting.
    default boolean scrapes() {
        return true;
    }

    /// Whether it knows the trace and needs no telemetry.
    default boolean foresees() {
        return false;
    }

    /// The parameters that it ran with, found by tuning or as shipped, for reports.
    default Map<String, Double> targets() {
        return Map.of();
    }
}
