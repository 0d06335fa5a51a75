package dev.ratematch.controller.guard;

import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;

/// What is measured of promises and queues, whatever the model says. Means only: the engines'
/// histograms are too coarse around the promise for quantiles.
public final class Evidence {

    /// Share of what the promise allows from which waiting counts as strain.
    private static final double STRAIN = 0.25;

    /// Share of its batch limit or its KV from which decode is near to letting nobody in.
    private static final double FILLED = 0.75;

    /// Share of the promised ITL from which the mean counts as strain.
    private static final double ITL_STRAIN = 0.8;

    /// Share of the promised TTFT at which its mean shows that the percentile is over it.
    static final double TTFT_MEAN = 0.5;

    /// Share of refused or lost requests that people who hang up do not explain.
    private static final double LOST = 0.05;

    /// A minute at the usual interval.
    private static final int CALM_WINDOWS = 4;

    private Evidence() {}

    /// Whether a mean is over its promise. A promise at a percentile is then broken beyond doubt.
    public static boolean latencyBroken(ServiceSpec spec, Snapshot snapshot) {
        var traffic = snapshot.traffic();
        return traffic.ttftMeanSeconds().orElse(0) > spec.slo().ttftSeconds()
                || traffic.itlMeanSeconds().orElse(0) > spec.slo().itlSeconds();
    }

    /// Whether a promise is measured to be broken although the model says that a pair carries all,
    /// and no queue that is being worked off explains it.
    public static boolean modelSuspect(
            Outlook outlook, Snapshot snapshot, List<Window> windows, Sizes now) {
        return latencyBroken(outlook.spec(), snapshot)
                && outlook.carries(now)
                && !queueFalls(windows);
    }

    /// Whether less waits than a window ago.
    static boolean queueFalls(List<Window> windows) {
        if (windows.size() < 2) {
            return false;
        }
        return queued(windows.getLast()) < queued(windows.get(windows.size() - 2));
    }

    /// Whether the promise is seen to be broken, requests are refused or lost, or a queue is there
    /// that must break it.
    static boolean promiseBroken(Outlook outlook, Snapshot snapshot) {
        var traffic = snapshot.traffic();
        var slo = outlook.spec().slo();
        return outlook.queued()
                || traffic.ttftMeanSeconds().orElse(0) > TTFT_MEAN * slo.ttftSeconds()
                || traffic.itlMeanSeconds().orElse(0) > slo.itlSeconds()
                || lost(snapshot);
    }

    /// Whether anything measured asks for other sizes: the promise is broken, or under strain.
    public static boolean asksForMore(Outlook outlook, Snapshot snapshot) {
        return promiseBroken(outlook, snapshot) || strained(outlook, snapshot);
    }

    private static boolean lost(Snapshot snapshot) {
        var traffic = snapshot.traffic();
        return traffic.rejected().orElse(0) > LOST * traffic.arrived().orElse(0);
    }

    /// Whether anything measured bears a shortage out. A model that sees one where nothing waits
    /// and every latency is far from its promise is wrong.
    static boolean strained(Outlook outlook, Snapshot snapshot) {
        var traffic = snapshot.traffic();
        var estimate = outlook.estimate();
        var slo = outlook.spec().slo();
        double waiting = estimate.prefillBacklogRequests() + estimate.decodeBacklogRequests();
        return latencyUnknown(snapshot)
                || lost(snapshot)
                || filled(outlook, snapshot) > FILLED
                || waiting > strainingQueue(outlook)
                || traffic.ttftMeanSeconds().orElse(0) > STRAIN * slo.ttftSeconds()
                || traffic.itlMeanSeconds().orElse(0) > ITL_STRAIN * slo.itlSeconds();
    }

    /// Share of what decode can take that it has: sequences of its batch limit, or KV.
    private static double filled(Outlook outlook, Snapshot snapshot) {
        var pool = snapshot.decode();
        double most = pool.ready().orElse(0) * outlook.spec().decode().maxSequences();
        double sequences = most > 0 ? pool.runningRequests().orElse(0) / most : 0;
        return Math.max(sequences, pool.kvUsed().orElse(0));
    }

    /// Whether nothing presses: for some windows next to nothing waited, and no mean is over its
    /// promise. Where nothing is known of latencies nobody can tell.
    public static boolean calm(Outlook outlook, Snapshot snapshot, List<Window> windows) {
        if (windows.size() < CALM_WINDOWS
                || latencyUnknown(snapshot)
                || latencyBroken(outlook.spec(), snapshot)
                || filled(outlook, snapshot) > FILLED) {
            return false;
        }
        double usual = strainingQueue(outlook);
        return windows.subList(windows.size() - CALM_WINDOWS, windows.size()).stream()
                .allMatch(window -> queued(window) <= usual);
    }

    private static boolean latencyUnknown(Snapshot snapshot) {
        var traffic = snapshot.traffic();
        return !traffic.ttftMeanSeconds().known() && !traffic.itlMeanSeconds().known();
    }

    private static double strainingQueue(Outlook outlook) {
        return STRAIN * outlook.estimate().requestsPerSecond() * outlook.spec().slo().ttftSeconds();
    }

    private static double queued(Window window) {
        return window.prefillQueued() + window.decodeQueued();
    }
}
