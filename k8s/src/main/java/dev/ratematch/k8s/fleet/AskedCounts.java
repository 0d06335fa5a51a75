package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.TargetRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Scale targets that remember which counts were asked for without an answer: a write that failed
/// here may have been carried out all the same, and its count is then no stranger's. Confined to
/// one thread.
public final class AskedCounts implements ScaleTargets {

    private final ScaleTargets targets;
    private final Map<Count, Integer> open = new HashMap<>();

    /// A count that two roles may share.
    private record Count(TargetRef target, @Nullable String path) {

        static Count of(RoleSpec role) {
            return new Count(role.scaleTargetRef(), role.replicasPath());
        }
    }

    /// In front of others.
    public AskedCounts(ScaleTargets targets) {
        this.targets = targets;
    }

    /// Whether a count is that of the last write, and nobody has said what became of that.
    public boolean asked(RoleSpec role, int replicas) {
        return Objects.equals(open.get(Count.of(role)), replicas);
    }

    @Override
    public TargetView read(String namespace, RoleSpec role) {
        return targets.read(namespace, role);
    }

    @Override
    public long write(String namespace, RoleSpec role, int expected, int replicas) {
        open.put(Count.of(role), replicas);
        long version = targets.write(namespace, role, expected, replicas);
        open.remove(Count.of(role));
        return version;
    }

    @Override
    public @Nullable Integer devices(String namespace, String template) {
        return targets.devices(namespace, template);
    }
}
