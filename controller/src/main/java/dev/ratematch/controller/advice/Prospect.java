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
                    "no change: %s carries %.0f %% of the planned demand",
                    before.pair().ratio(),
                    PERCENT * before.servedShare());
        }
        String held =
                gpus == 0
                        ? "as many GPUs"
                        : "%d GPUs %s".formatted(Math.abs(gpus), gpus > 0 ? "more" : "fewer");
        return before.servedShare() >= 1 && after.servedShare() >= 1
                ? "also carries all of the planned demand, with " + held
                : String.format(
                        Locale.ROOT,
                        "carries %.0f %% of the planned demand instead of %.0f %%, with %s",
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
                    ? first + "; the next cycle shows the effect"
                    : ("%s; continue to %s when the replicas that leave have drained, so "
                                    + "that the budget is kept")
                            .formatted(first, end.ratio());
        }
        return switch (round.cycle().decision().reason()) {
            case IDLE -> "wait for requests";
            case SCALE_DOWN_STABILISING ->
                    String.format(
                            Locale.ROOT,
                            "scale down once a smaller fleet has been enough for %.0f s",
                            window(round));
            case FLEET_IN_TRANSITION ->
                    "wait for the replicas that are listed but do not answer yet";
            case COOLING_DOWN -> "wait until the last move has shown its effect";
            case MODEL_SUSPECT ->
                    "check model, GPU, parallelism and batch limits against the "
                            + "engines: measurements differ from the model";
            case GAIN_BELOW_THRESHOLD ->
                    "wait until a gain is certain: a lasting queue, or a target that is "
                            + "measured to be missed";
            case UNREACHABLE ->
                    "nothing: no replica count meets these targets; change the "
                            + "parallelism, or relax the targets";
            case SCALING_POLICY -> "wait until behavior allows the change, or change behavior";
            case MINIMUM_BUDGET -> "nothing: the fleet is at its minimum of GPUs";
            case INEFFECTIVE ->
                    "check router, KV transfer and model against the engines: the same "
                            + "change was made before and did not help";
            case REMOVAL_UNSAFE ->
                    "nothing: with one replica less, the fleet would carry less than now";
            default -> "run this again later, and change nothing for now";
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
                            ? "; a smaller fleet is enough, and is recommended once it has been for %s"
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
