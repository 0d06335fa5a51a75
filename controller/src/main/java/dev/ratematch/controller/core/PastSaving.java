package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.prospect.Prospect;
import dev.ratematch.controller.spec.ServiceSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What waits for prefill and can no longer see its first token within the promise, whatever counts
/// are decided now; and what it would be worth to drop a request at its deadline. Nothing is
/// dropped by us: that is a gateway's to do.
///
/// Requests are served in the order in which they came, and of mean length. Replicas that start are
/// taken as there, and after a lead time all that the budget could hold of either role.
///
/// @param waitingRequests that wait for prefill, at least 0
/// @param requests of them that are past saving, at most as many
/// @param backSeconds until no more waits than the promise allows, as decided; infinite for never
/// @param backWithDeadlineSeconds the same where a gateway drops what has no first token at the
///   promised TTFT; no longer than the other
public record PastSaving(
        double waitingRequests,
        double requests,
        double backSeconds,
        double backWithDeadlineSeconds) {

    /// Where the end of the queue is served by then.
    private record Pace(double now, double later, double leadSeconds) {

        /// Seconds until so many requests are served.
        double seconds(double requests) {
            if (!(requests > 0)) {
                return 0;
            }
            double early = now * leadSeconds;
            return requests <= early
                    ? requests / now
                    : leadSeconds + (requests - early) / Math.max(now, later);
        }
    }

    /// Of a cycle; null where the queue, or what serves it, is unknown.
    ///
    /// @param end where the decision leads
    static @Nullable PastSaving of(Outlook outlook, Snapshot snapshot, Sizes end) {
        var serving = serving(snapshot);
        var prefill = snapshot.prefill();
        boolean queueKnown = prefill.queuedTokens().known() || prefill.queuedRequests().known();
        if (serving == null || !queueKnown) {
            return null;
        }
        double waits = outlook.estimate().prefillBacklogRequests();
        double rate = outlook.estimate().requestsPerSecond();
        double now = carried(outlook.expected(), serving);
        double back = backSeconds(outlook, waits, now, carried(outlook.expected(), end));
        return new PastSaving(
                waits,
                Math.max(0, waits - inTime(outlook, serving, waits, now)),
                back,
                Math.min(
                        back,
                        carries(now, rate)
                                ? 0
                                : carries(carried(outlook.expected(), end), rate)
                                        ? outlook.prospect().arrivalSeconds()
                                        : Double.POSITIVE_INFINITY));
    }

    private static @Nullable Sizes serving(Snapshot snapshot) {
        var prefill = snapshot.prefill();
        var decode = snapshot.decode();
        if (!prefill.ready().known() || !decode.ready().known()) {
            return null;
        }
        var pair = new Sizes(serving(prefill), serving(decode));
        return pair.prefill() < 1 || pair.decode() < 1 ? null : pair;
    }

    private static int serving(PoolReading pool) {
        return (int) (pool.ready().orElse(0) + pool.starting().orElse(0));
    }

    /// Requests per second that are finished while a queue stands.
    private static double carried(Capacity capacity, Sizes pair) {
        return capacity.saturatedRequestsPerSecond(pair.prefill(), pair.decode());
    }

    private static boolean carries(double have, double rate) {
        return Double.isFinite(Prospect.clearingSeconds(1, have, rate));
    }

    /// Requests that are served in time. The one with so many before it has waited since those
    /// behind it came. That and its time to go change evenly along the queue, up to where a lead
    /// time is over and after that, so that each part has one place where the promise breaks.
    private static double inTime(Outlook outlook, Sizes serving, double waits, double now) {
        var spec = outlook.spec();
        var pace =
                new Pace(
                        now,
                        mostCarried(spec, outlook.expected()),
                        outlook.prospect().arrivalSeconds());
        double rate = outlook.estimate().requestsPerSecond();
        double left =
                spec.slo().ttftSeconds() - outlook.expected().ttftMeanSeconds(serving.prefill(), 0);
        double early = Math.min(waits, now * pace.leadSeconds());
        double first = waits / rate - left;
        double middle = (waits - early) / rate + pace.seconds(early) - left;
        double last = pace.seconds(waits) - left;
        return early * shareBelowZero(first, middle)
                + (waits - early) * shareBelowZero(middle, last);
    }

    private static double mostCarried(ServiceSpec spec, Capacity capacity) {
        return capacity.saturatedRequestsPerSecond(
                spec.mostReplicas(Role.PREFILL), spec.mostReplicas(Role.DECODE));
    }

    /// Of a stretch over which something goes evenly from one value to another.
    private static double shareBelowZero(double from, double to) {
        if (from <= 0 && to <= 0) {
            return 1;
        }
        if (from > 0 && to > 0) {
            return 0;
        }
        return from <= 0 ? from / (from - to) : to / (to - from);
    }

    /// What waits beyond what may is worked off by what serves now, and after a lead time by the
    /// pair that is decided.
    private static double backSeconds(Outlook outlook, double waits, double now, double end) {
        double rate = outlook.estimate().requestsPerSecond();
        double lead = outlook.prospect().arrivalSeconds();
        double soon = Prospect.clearingSeconds((waits - outlook.usualQueue()) / rate, now, rate);
        if (soon <= lead) {
            return soon;
        }
        double left = new Drain(waits).after(rate, now, lead).requests() - outlook.usualQueue();
        return lead + Prospect.clearingSeconds(left / rate, end, rate);
    }

    /// Of what waits, 0 to 1; 0 where nothing does.
    public double share() {
        return waitingRequests > 0 ? requests / waitingRequests : 0;
    }

    /// What it is and what to do about it; null where nothing is past saving.
    ///
    /// @param ttftSeconds the promise, which would be the deadline
    public @Nullable String text(double ttftSeconds) {
        if (Math.round(requests) < 1) {
            return null;
        }
        return String.format(
                Locale.ROOT,
                "%,d of %,d waiting requests are past saving: %s.",
                Math.round(requests),
                Math.round(waitingRequests),
                advice(
                        "a gateway deadline of %s s"
                                .formatted(
                                        BigDecimal.valueOf(ttftSeconds)
                                                .setScale(3, RoundingMode.HALF_EVEN)
                                                .stripTrailingZeros()
                                                .toPlainString())));
    }

    private String advice(String deadline) {
        if (Double.isInfinite(backWithDeadlineSeconds)) {
            return deadline
                    + " would drop them, but more comes than the pools carry: TTFT does not come back"
                    + " without more GPUs";
        }
        if (Double.isInfinite(backSeconds)) {
            return String.format(
                    Locale.ROOT,
                    "%s would bring TTFT back within the target in %,d s; without one "
                            + "it does not recover",
                    deadline,
                    Math.round(backWithDeadlineSeconds));
        }
        long with = Math.round(backWithDeadlineSeconds);
        long without = Math.round(backSeconds);
        if (with == without) {
            return String.format(
                    Locale.ROOT,
                    "TTFT will be within the target again %s; %s would not speed this up",
                    without == 0 ? "within a second" : "in %,d s".formatted(without),
                    deadline);
        }
        return String.format(
                Locale.ROOT,
                "%s would bring TTFT back within the target %s instead of %,d s",
                deadline,
                with == 0 ? "at once" : "in %,d s".formatted(with),
                without);
    }
}
