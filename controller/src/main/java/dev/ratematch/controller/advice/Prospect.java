package dev.ratematch.controller.advice;

import dev.ratematch.controller.guard.Figure;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.guard.ScaleDownStabilising;
import dev.ratematch.controller.observe.Sizes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What to do, what comes then, and what would change it, as sentences. Pure.
public final class Prospect {

    private static final double PERCENT = 100;

    private Prospect() {}

    /// What to do now.
    public static String recommendation(Round round) {
        var now = round.cycle().now().sizes();
        var end = round.cycle().end();
        if (!round.tells() || now == null || end == null) {
            return "cannot tell";
        }
        return round.changes()
                ? "%s instead of %s".formatted(end.ratio(), now.ratio())
                : "stay at %s".formatted(now.ratio());
    }

    /// What following it is worth.
    public static @Nullable String gain(Round round) {
        var assessed = round.assessment();
        if (assessed == null) {
            return null;
        }
        var before = assessed.now();
        var after = assessed.end();
        int gpus = gpus(round, after.pair()) - gpus(round, before.pair());
        if (!round.changes()) {
            return String.format(
                    Locale.ROOT,
                    "nothing changes: %s carries %.0f %% of what is planned for",
                    before.pair().ratio(),
                    PERCENT * before.servedShare());
        }
        String held =
                gpus == 0
                        ? "as many GPUs"
                        : "%d GPUs %s".formatted(Math.abs(gpus), gpus > 0 ? "more" : "fewer");
        return before.servedShare() >= 1 && after.servedShare() >= 1
                ? "carries all of what is planned for too, with " + held
                : String.format(
                        Locale.ROOT,
                        "carries %.0f %% of what is planned for instead of %.0f %%, with %s",
                        PERCENT * after.servedShare(),
                        PERCENT * before.servedShare(),
                        held);
    }

    private static int gpus(Round round, Sizes pair) {
        return round.service().spec().gpus(pair);
    }

    /// What it would do next.
    public static String next(Round round) {
        var now = round.cycle().told().sizes();
        var end = round.cycle().end();
        if (round.changes() && now != null && end != null) {
            String first =
                    now.equals(round.cycle().now().sizes())
                            ? "wait with the change"
                            : "set prefill to %d and decode to %d now"
                                    .formatted(now.prefill(), now.decode());
            return now.equals(end)
                    ? first + "; the next look shows the effect"
                    : "%s; go on to %s when those that leave have drained, so that the budget holds"
                            .formatted(first, end.ratio());
        }
        return switch (round.cycle().decision().reason()) {
            case IDLE -> "wait for requests";
            case SCALE_DOWN_STABILISING ->
                    String.format(
                            Locale.ROOT,
                            "give GPUs back once a smaller fleet has been enough for %.0f s",
                            window(round));
            case FLEET_IN_TRANSITION -> "wait for the replicas that are listed and do not answer";
            case COOLING_DOWN -> "wait until the last move has shown its effect";
            case MODEL_SUSPECT ->
                    "check model, GPU, parallelism and batch limits against the engines: what is"
                            + " measured is not what is modelled";
            case GAIN_BELOW_THRESHOLD ->
                    "wait until more is certain to be gained: a queue that lasts, or a promise that"
                            + " is measured to be broken";
            case UNREACHABLE ->
                    "nothing: no replica count keeps this promise; another parallelism, or a looser"
                            + " promise, does";
            case SCALING_POLICY -> "wait for what behavior allows each role, or change behavior";
            case MINIMUM_BUDGET -> "nothing: the fleet holds the fewest GPUs that it may";
            case INEFFECTIVE ->
                    "check router, KV transfer and the model's figures against the engines: the same"
                            + " change was made before, and nothing got better";
            case REMOVAL_UNSAFE -> "nothing: to remove a replica would leave less carried than now";
            default -> "look again, and do nothing while this holds";
        };
    }

    /// The window that a smaller fleet is held by, as the guard has it, seconds.
    private static double window(Round round) {
        return round.cycle().verdicts().stream()
                .filter(verdict -> verdict.guard() == Reason.SCALE_DOWN_STABILISING)
                .flatMap(verdict -> verdict.figures().stream())
                .filter(figure -> figure.name().equals(ScaleDownStabilising.LEAST_SECONDS))
                .mapToDouble(Figure::value)
                .findFirst()
                .orElseThrow();
    }

    /// What would change it.
    public static @Nullable String changes(Round round) {
        var assessed = round.assessment();
        if (assessed == null) {
            return null;
        }
        var text = new StringBuilder();
        double rate = assessed.expected().requestsPerSecond();
        var growth = assessed.end().growth();
        if (growth == null) {
            return null;
        }
        boolean budget = growth.to().equals(assessed.end().pair());
        text.append(
                String.format(
                        Locale.ROOT,
                        "above %.2f req/s of such requests (now %.2f) %s",
                        growth.requestsPerSecond(),
                        rate,
                        budget
                                ? "the budget has no better split"
                                : "it takes " + growth.to().ratio()));
        var saving = assessed.end().saving();
        if (saving != null) {
            boolean already = saving.requestsPerSecond() >= rate;
            double window =
                    round.service()
                            .spec()
                            .scaleDownWindowSeconds(assessed.end().pair(), saving.to());
            text.append(
                    already
                            ? "; a smaller fleet is enough, and is advised once it has been for %s"
                                    .formatted(Shown.seconds(window))
                            : String.format(
                                    Locale.ROOT,
                                    "; below %.2f req/s %s is enough",
                                    saving.requestsPerSecond(),
                                    saving.to().ratio()));
        }
        return text.append("; longer prompts ask for prefill, longer answers for decode")
                .toString();
    }
}
