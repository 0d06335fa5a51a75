package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.units.Check;

/// How GPUs are wired: hosts, and NVLink domains of one or more hosts.
///
/// @param gpusPerHost GPUs of one host
/// @param gpusPerDomain GPUs of one NVLink domain, whole hosts
public record Topology(int gpusPerHost, int gpusPerDomain) {

    public Topology {
        Check.atLeast("gpusPerHost", gpusPerHost, 1);
        Check.atLeast("gpusPerDomain", gpusPerDomain, gpusPerHost);
        if (gpusPerDomain % gpusPerHost != 0) {
            throw new IllegalArgumentException(
                    "gpusPerDomain (%d) must be a multiple of gpusPerHost (%d)."
                            .formatted(gpusPerDomain, gpusPerHost));
        }
    }

    /// What that GPU is sold in: a Grace rack (NVL72) of hosts with four GPUs each, else a host of
    /// eight that is a domain of its own.
    public static Topology of(String gpu) {
        return gpu.startsWith("gb") ? new Topology(4, 72) : new Topology(8, 8);
    }
}
