package dev.ratematch.controller.host;

import dev.ratematch.controller.observe.Snapshot;

/// Where observations come from.
@FunctionalInterface
public interface Telemetry {

    /// What is seen at this moment, seconds on the host's clock. What cannot be read is Unknown in
    /// it.
    Snapshot observe(double atSeconds);
}
