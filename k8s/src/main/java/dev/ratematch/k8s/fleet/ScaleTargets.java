package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import org.jspecify.annotations.Nullable;

/// Scale targets as a fleet needs them.
public interface ScaleTargets {

    /// The target as it stands.
    ///
    /// @throws TargetException when there is none, or its count cannot be read
    TargetView read(String namespace, RoleSpec role);

    /// Commands a count, if it still is what the decision was made on. Returns the resource version
    /// that the write made.
    ///
    /// @throws TargetException when somebody else changed it meanwhile, or the server refuses
    long write(String namespace, RoleSpec role, int expected, int replicas);

    /// Devices of a resource claim template, or null when they cannot be counted.
    ///
    /// @throws TargetException when the server refuses to show it
    @Nullable Integer devices(String namespace, String template);
}
