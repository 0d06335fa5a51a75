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

    /// The same look some time later, when nothing has been read since: the readings are older, and
    /// the replicas are as counted now.
    ///
    /// @param at later than this look, or the same moment; seconds on the host's clock
    public Snapshot later(double at, FleetCounts prefillNow, FleetCounts decodeNow) {
        double seconds = Math.max(0, at - atSeconds);
        double stale = Reading.staleSeconds(windowSeconds.orElse(0));
        return new Snapshot(
                Math.max(at, atSeconds),
                windowSeconds.later(seconds, stale),
                prefill.later(seconds, stale, prefillNow),
                decode.later(seconds, stale, decodeNow),
                traffic.later(seconds, stale),
                warnings);
    }

    /// Nothing could be read.
    public static Snapshot unknown(double atSeconds, String why) {
        return new Snapshot(
                atSeconds,
                new Reading.Unknown(why),
                PoolReading.unknown(why),
                PoolReading.unknown(why),
                TrafficReading.unknown(why),
                List.of(why));
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
