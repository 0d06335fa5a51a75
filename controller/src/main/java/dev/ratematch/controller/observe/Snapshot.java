package dev.ratematch.controller.observe;

import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.List;

/// Everything one control cycle may look at. Taken once, immutable; nothing downstream reads the
/// world again.
///
/// @param atSeconds when it was taken, seconds on the host's clock
/// @param windowSeconds length of the window that counts and means cover, seconds
/// @param warnings what the reader noticed and could not act on, for people
public record Snapshot(
        double atSeconds,
        Reading windowSeconds,
        PoolReading prefill,
        PoolReading decode,
        TrafficReading traffic,
        List<String> warnings) {

    public Snapshot {
        Check.finiteAtLeast("at_s", atSeconds, 0);
        warnings = List.copyOf(warnings);
    }

    /// The reading of one pool.
    public PoolReading pool(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// The same with more that was noticed.
    public Snapshot warned(List<String> more) {
        if (more.isEmpty()) {
            return this;
        }
        var all = new ArrayList<>(warnings);
        all.addAll(more);
        return new Snapshot(atSeconds, windowSeconds, prefill, decode, traffic, all);
    }
}
