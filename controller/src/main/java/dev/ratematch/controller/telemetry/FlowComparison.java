package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.Flow;
import dev.ratematch.controller.observe.Flow.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Compares the three counts of one flow. The demand is what arrives, never what ends: worse
/// service makes fewer requests end, and must not make the demand look smaller. Pure.
final class FlowComparison {

    /// Samples a request from which on requests ask for several.
    private static final double SEVERAL = 1.02;

    /// Share of refused requests from which they are worth a word.
    private static final double REFUSED_SHARE = 0.01;

    /// What is known beside the counts.
    ///
    /// @param fromArrival whether decode counts a request from its arrival, not from prefill's end
    /// @param arrivalsCounted whether the frontend counts requests as they come, not as they end
    /// @param outcomesTold whether it tells those that ended well from the others
    /// @param localShare share of requests that decode prefills itself
    /// @param samples that a request asks for in the mean, as decode says; 1 where it does not
    /// @param refused requests that were refused, of those that came
    /// @param ended requests that left the pools and growth inside, where prefill does not tell
    record Beside(
            boolean fromArrival,
            boolean arrivalsCounted,
            boolean outcomesTold,
            double localShare,
            double samples,
            double refused,
            double ended) {}

    /// What is taken for the demand.
    ///
    /// @param arrived requests that came in the window
    /// @param lowerBound whether there may have been more
    record Outcome(
            double arrived, boolean lowerBound, double sequencesPerRequest, List<Flow.Note> notes) {

        Outcome {
            notes = List.copyOf(notes);
        }
    }

    private final @Nullable FlowCount prefill;
    private final @Nullable FlowCount decode;

    /// Of what prefill counts, that which decode should have counted in the same window.
    private final @Nullable FlowCount handed;

    private final Beside beside;
    private final double windowSeconds;
    private final List<Flow.Note> notes = new ArrayList<>();

    private FlowComparison(
            @Nullable FlowCount prefill,
            @Nullable FlowCount decode,
            Beside beside,
            double windowSeconds) {
        this.prefill = prefill;
        this.decode = decode;
        this.handed = prefill == null || beside.fromArrival() ? prefill : prefill.ended();
        this.beside = beside;
        this.windowSeconds = windowSeconds;
    }

    /// Of the pools alone.
    static Outcome of(
            @Nullable FlowCount prefill,
            @Nullable FlowCount decode,
            Beside beside,
            double windowSeconds) {
        return new FlowComparison(prefill, decode, beside, windowSeconds).pools();
    }

    /// Of a frontend and the pools behind it.
    static Outcome of(
            FlowCount frontend,
            @Nullable FlowCount prefill,
            @Nullable FlowCount decode,
            Beside beside,
            double windowSeconds) {
        return new FlowComparison(prefill, decode, beside, windowSeconds).behind(frontend);
    }

    /// Nothing but prefill knows of those that it refused, so they are added.
    private Outcome pools() {
        if (prefill == null || handed == null || decode == null) {
            return alone(beside.ended(), 1);
        }
        if (decode.below(handed, windowSeconds)) {
            lostAfterPrefill(prefill, handed, decode);
            return alone(Math.max(beside.ended(), prefill.came()), 1);
        }
        boolean more = handed.below(decode, windowSeconds);
        if (!more || here(decode.came())) {
            boolean seen = prefill.came() - beside.ended() > FlowCount.onTheWay(prefill.came());
            return alone(seen ? prefill.came() : beside.ended(), 1);
        }
        if (beside.samples() > SEVERAL) {
            var requests = decode.times(1 / beside.samples());
            if (!handed.below(requests, windowSeconds)) {
                samples(handed, decode.came(), beside.samples());
                if (requests.below(handed, windowSeconds)) {
                    lostAfterPrefill(prefill, handed, requests);
                }
                return alone(
                        Math.max(prefill.came(), requests.came() + waitingMore()),
                        beside.samples());
            }
        }
        missing(
                prefill.silent(),
                "prefill",
                handed.came(),
                "decode counts %s and nothing tells requests for several samples (n > 1) from"
                                .formatted(rate(decode.came()))
                        + " prefill pods that are not read");
        return alone(Math.max(beside.ended(), decode.came()), 1);
    }

    private Outcome alone(double arrived, double sequences) {
        return found(arrived + beside.refused(), true, sequences);
    }

    /// By how many more requests are in prefill than at the window's begin, which decode cannot
    /// have counted.
    private double waitingMore() {
        return prefill == null || handed == null ? 0 : prefill.came() - handed.came();
    }

    private Outcome behind(FlowCount frontend) {
        if (prefill == null) {
            return behindDecode(frontend);
        }
        if (prefill.below(frontend, windowSeconds)) {
            return fewerPrefilled(frontend, prefill);
        }
        if (frontend.below(prefill, windowSeconds)) {
            return morePrefilled(frontend, prefill);
        }
        return behindDecode(frontend);
    }

    /// Prefill counts what the frontend does, or does not tell.
    private Outcome behindDecode(FlowCount frontend) {
        double sequences = 1;
        var due = frontend.less(waitingMore());
        if (decode != null && due.below(decode, windowSeconds)) {
            sequences = each(decode, due);
            samples(due, decode.came(), sequences);
        } else if (decode != null && decode.below(due, windowSeconds)) {
            lostAfterPrefill(frontend, due, decode);
        }
        return found(frontend.came(), !beside.arrivalsCounted(), sequences);
    }

    private Outcome fewerPrefilled(FlowCount frontend, FlowCount prefilled) {
        var due = frontend.less(waitingMore());
        boolean asMany = decode != null && decode.agrees(due, windowSeconds);
        boolean more = decode != null && due.below(decode, windowSeconds);
        boolean here = asMany && here(frontend.came());
        if (decode != null && (asMany || more) && !here) {
            missing(
                    prefilled.silent(),
                    "prefill",
                    prefilled.came(),
                    "the frontend counts %s and decode %s"
                            .formatted(rate(frontend.came()), rate(decode.came())));
        } else if (!here) {
            var taken = frontend.less(beside.refused());
            if (prefilled.below(taken, windowSeconds)) {
                lostBeforePrefill(taken, prefilled);
            }
            if (decode != null && handed != null && decode.below(handed, windowSeconds)) {
                lostAfterPrefill(frontend, handed, decode);
            }
        }
        double sequences = more && decode != null ? each(decode, due) : 1;
        return found(frontend.came(), !beside.arrivalsCounted(), sequences);
    }

    private Outcome morePrefilled(FlowCount frontend, FlowCount prefilled) {
        if (decode == null || frontend.less(waitingMore()).below(decode, windowSeconds)) {
            note(
                    Kind.PAST_THE_FRONTEND,
                    false,
                    ("the frontend counts %s and the pools more, prefill %s%s: requests pass it by,"
                                    + " or one of several frontends is not read; prefill's count is planned"
                                    + " for")
                            .formatted(
                                    rate(frontend.came()),
                                    rate(prefilled.came()),
                                    decode == null ? "" : " and decode " + rate(decode.came())));
            double sequences = 1;
            if (decode != null && handed != null && handed.below(decode, windowSeconds)) {
                sequences = each(decode, handed);
                samples(handed, decode.came(), sequences);
            } else if (decode != null && handed != null && decode.below(handed, windowSeconds)) {
                lostAfterPrefill(prefilled, handed, decode);
            }
            return found(prefilled.came(), true, sequences);
        }
        if (beside.arrivalsCounted()) {
            note(
                    Kind.UNEXPLAINED,
                    true,
                    ("prefill counts %s, the frontend %s and decode %s: prefill pods of another"
                                    + " service are read, or some are read twice")
                            .formatted(
                                    rate(prefilled.came()),
                                    rate(frontend.came()),
                                    rate(decode.came())));
        } else {
            lostAfterPrefill(prefilled, handed == null ? prefilled : handed, decode);
        }
        return found(prefilled.came(), true, 1);
    }

    private static double each(FlowCount sequences, FlowCount requests) {
        return Math.max(1, sequences.came() / Math.max(1, requests.came()));
    }

    /// Whether what decode prefills itself explains that prefill counts less.
    private boolean here(double requests) {
        return prefill != null
                && prefill.came()
                        >= requests * (1 - beside.localShare()) - FlowCount.onTheWay(requests)
                && beside.localShare() > 0;
    }

    private void samples(FlowCount requests, double sequences, double each) {
        note(
                Kind.PARALLEL_SAMPLES,
                false,
                ("decode counts %s and there are %s: %s samples a request (n > 1); decode is"
                                + " planned for all of them")
                        .formatted(
                                rate(sequences, "sequences"),
                                rate(requests.came(), "requests"),
                                String.format(Locale.ROOT, "%.2f", each)));
    }

    private void lostBeforePrefill(FlowCount frontend, FlowCount prefilled) {
        if (prefilled.silent() > 0) {
            missing(
                    prefilled.silent(),
                    "prefill",
                    prefilled.came(),
                    "the frontend counts %s".formatted(rate(frontend.came())));
            return;
        }
        note(
                Kind.LOST_BEFORE_PREFILL,
                false,
                ("%s come and prefill ends %s: the others are given up before it or fail; all"
                                + " that come are planned for")
                        .formatted(rate(frontend.came(), "requests"), rate(prefilled.came())));
    }

    /// @param demand what is planned for
    /// @param before what came through prefill
    private void lostAfterPrefill(FlowCount demand, FlowCount before, FlowCount after) {
        if (after.silent() > 0) {
            missing(
                    after.silent(),
                    "decode",
                    after.came(),
                    "there are %s".formatted(rate(before.came(), "requests")));
            return;
        }
        if (beside.outcomesTold() && after.endedFewer(demand, windowSeconds)) {
            missing(
                    0,
                    "decode",
                    after.came(),
                    "the frontend saw %s end well".formatted(rate(demand.done())));
            return;
        }
        note(
                Kind.LOST_AFTER_PREFILL,
                false,
                ("%s pass prefill and decode counts %s: %s are lost after prefill (clients that give"
                                + " up, or a decode pod that is not read); all of them are planned for")
                        .formatted(
                                rate(before.came(), "requests"),
                                rate(after.came()),
                                rate(before.came() - after.came())));
    }

    private void missing(int silent, String role, double counted, String against) {
        boolean known = silent > 0;
        note(
                Kind.POD_MISSING,
                !known,
                "%s counts %s, but %s; %s"
                        .formatted(
                                role,
                                rate(counted),
                                against,
                                known
                                        ? "%d of its pods is not read, the larger count is planned for"
                                                .formatted(silent)
                                        : "see that the selector finds every %s pod"
                                                .formatted(role)));
    }

    private void note(Kind kind, boolean holds, String text) {
        notes.add(new Flow.Note(kind, holds, text));
    }

    private String rate(double requests) {
        return rate(requests, "");
    }

    private String rate(double requests, String what) {
        String unit = what.isEmpty() ? "/s" : " " + what + "/s";
        return String.format(Locale.ROOT, "%.2f%s", Math.max(0, requests) / windowSeconds, unit);
    }

    private Outcome found(double arrived, boolean lowerBound, double sequences) {
        if (beside.refused() > REFUSED_SHARE * arrived && beside.refused() > 0) {
            note(
                    Kind.REFUSED,
                    false,
                    "%s of %s are refused; they come all the same and are planned for"
                            .formatted(rate(beside.refused()), rate(arrived, "requests")));
        }
        return new Outcome(Math.max(0, arrived), lowerBound, sequences, notes);
    }
}
