package dev.ratematch.controller.guard;

import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether a snapshot tells anything new. Where a source fails, what was known stays in the
/// snapshot for a while and grows old; seen again, it is not a new window.
public final class Freshness {

    /// Clocks are read to less than this.
    private static final double SAME_SECONDS = 1e-6;

    private Freshness() {}

    /// When the sources of rate and lengths were last heard, the one heard longest ago; seconds on
    /// the host's clock. `before` where none of them can be read; null where none ever was.
    public static @Nullable Double heardSeconds(Snapshot snapshot, @Nullable Double before) {
        double age = Double.NEGATIVE_INFINITY;
        for (var reading : needed(snapshot).values()) {
            if (reading instanceof Reading.Value(_, double seconds)) {
                age = Math.max(age, seconds);
            }
        }
        if (Double.isInfinite(age)) {
            return before;
        }
        double heard = snapshot.atSeconds() - age;
        return before == null ? heard : Math.max(before, heard);
    }

    /// Whether every source has been heard since.
    public static boolean news(Snapshot snapshot, @Nullable Double before) {
        var heard = heardSeconds(snapshot, before);
        return heard != null && (before == null || heard > before + SAME_SECONDS);
    }

    /// Whether all is well and the next scrape is still to come: everything can be read, nothing
    /// failed, and it is what had been heard already.
    public static boolean pending(Snapshot snapshot, @Nullable Double before) {
        return snapshot.warnings().isEmpty()
                && needed(snapshot).values().stream().allMatch(Reading::known)
                && !news(snapshot, before);
    }

    /// Whether a cycle could read what decisions need. A mean without requests is no gap in what is
    /// known, although nothing can be concluded from it. While a move goes on or the fleet is cut
    /// the reason says nothing of telemetry, so the readings are asked too.
    ///
    /// @param reason of the cycle's decision
    public static boolean readable(Snapshot snapshot, Reason reason) {
        return reason != Reason.FLEET_UNKNOWN
                && (idle(snapshot) || reason != Reason.TELEMETRY_UNKNOWN)
                && needed(snapshot).values().stream().allMatch(Freshness::told)
                && told(snapshot.prefill().ready())
                && told(snapshot.decode().ready());
    }

    /// Whether the newest window tells what the snapshot does: it was made of it, or the snapshot
    /// repeats, with nothing wrong and before another window could be over, what had been heard
    /// when it was made. Then only the replicas are looked at anew, and what is known of the
    /// traffic stands.
    ///
    /// @param windows this look's included where it is one, newest last
    /// @param before when the sources had been heard before
    public static boolean current(
            Snapshot snapshot, List<Window> windows, @Nullable Double before) {
        if (windows.isEmpty()) {
            return false;
        }
        var newest = windows.getLast();
        double since = snapshot.atSeconds() - newest.atSeconds();
        return since == 0
                || (since < newest.seconds()
                        && before != null
                        && newest.atSeconds() >= before
                        && repeats(snapshot, before));
    }

    private static boolean repeats(Snapshot snapshot, double before) {
        return snapshot.warnings().isEmpty()
                && needed(snapshot).values().stream().allMatch(Freshness::told)
                && !news(snapshot, before);
    }

    /// Whether there are no requests to take lengths of. Where requests are refused there are some.
    public static boolean idle(Snapshot snapshot) {
        return lengthless(snapshot) && !(snapshot.traffic().rejected().orElse(0) > 0);
    }

    private static boolean lengthless(Snapshot snapshot) {
        return snapshot.traffic().inputTokensMean() instanceof Reading.NoTraffic
                || snapshot.traffic().outputTokensMean() instanceof Reading.NoTraffic;
    }

    private static boolean told(Reading reading) {
        return reading.known() || reading instanceof Reading.NoTraffic;
    }

    /// Whether it can be learnt from: it tells something new and does not contradict itself.
    public static boolean usable(Snapshot snapshot, @Nullable Double before) {
        return news(snapshot, before) && Consistency.contradiction(snapshot).isEmpty();
    }

    /// What is missing in a snapshot that makes no window, for people.
    ///
    /// @param before when the sources had been heard before it
    public static String missing(Snapshot snapshot, @Nullable Double before) {
        for (var each : needed(snapshot).entrySet()) {
            if (each.getValue() instanceof Reading.Unknown(String why)) {
                return because("The %s unknown: %s".formatted(each.getKey(), why), snapshot);
            }
            if (each.getValue() instanceof Reading.Stale(double age)) {
                return because(
                        String.format(Locale.ROOT, "The %s too old, %.0f s", each.getKey(), age),
                        snapshot);
            }
        }
        double refused = snapshot.traffic().rejected().orElse(0);
        if (refused > 0 && lengthless(snapshot)) {
            return String.format(
                    Locale.ROOT,
                    "%.0f requests arrived and %.0f were refused; none was served, so "
                            + "the lengths are unknown.",
                    snapshot.traffic().arrived().orElse(refused),
                    refused);
        }
        if (before == null) {
            return "No requests have been seen yet.";
        }
        return news(snapshot, before)
                ? "The arrival rate or the lengths are unknown in this window: there were "
                        + "no requests."
                : because(
                        String.format(
                                Locale.ROOT,
                                "No new metrics for %.0f s",
                                snapshot.atSeconds() - before),
                        snapshot);
    }

    /// With what telemetry itself has to say about it, unless that has been said already.
    private static String because(String what, Snapshot snapshot) {
        var text = new StringBuilder(what);
        for (String warning : snapshot.warnings()) {
            if (text.indexOf(warning) < 0) {
                text.append("; ").append(warning);
            }
        }
        return text.charAt(text.length() - 1) == '.'
                ? text.toString()
                : text.append('.').toString();
    }

    private static Map<String, Reading> needed(Snapshot snapshot) {
        var needed = new LinkedHashMap<String, Reading>();
        needed.put("arrivals are", snapshot.traffic().arrived());
        needed.put("length of the window is", snapshot.windowSeconds());
        needed.put("prompt lengths are", snapshot.traffic().inputTokensMean());
        needed.put("answer lengths are", snapshot.traffic().outputTokensMean());
        return needed;
    }
}
