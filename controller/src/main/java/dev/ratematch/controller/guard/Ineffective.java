package dev.ratematch.controller.guard;

import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.move.Pledge;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Outlook;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The same move was made before, of the same traffic, and nothing that it was made against got
/// better.
public final class Ineffective implements Guard<Weighed> {

    /// Share by which a broken measure must have fallen for a move to have had an effect.
    private static final double EFFECT = 0.1;

    /// Share by which traffic may differ and still be the same: more load explains a broken
    /// promise.
    private static final double SAME_TRAFFIC = 0.1;

    /// Share by which traffic must differ before what failed is tried again.
    private static final double OTHER_TRAFFIC = 0.35;

    @Override
    public Verdict ask(Weighed weighed) {
        var pledge = weighed.pledge();
        var proposal = weighed.proposal();
        if (pledge == null || !pledge.refuted() || proposal == null) {
            return Verdict.passes(Reason.INEFFECTIVE);
        }
        var now = measured(weighed.outlook(), weighed.snapshot());
        boolean again =
                sameWay(weighed.now(), proposal.to(), pledge)
                        && now.likeIn(pledge.before(), OTHER_TRAFFIC);
        return again
                ? Verdict.holds(
                        Reason.INEFFECTIVE,
                        "But %s was tried on traffic like this, and nothing got better. Check router, KV"
                                        .formatted(pledge.to().ratio())
                                + " transfer and the model's figures against the engines.",
                        figures(pledge.before(), now))
                : Verdict.passes(Reason.INEFFECTIVE, figures(pledge.before(), now));
    }

    /// Whether each role would go the way that it went, if any: a replica more or less makes no
    /// other try of it.
    private static boolean sameWay(Sizes now, Sizes to, Pledge pledge) {
        for (var role : Role.values()) {
            int way = Integer.signum(to.of(role) - now.of(role));
            int tried = Integer.signum(pledge.to().of(role) - pledge.from().of(role));
            if (way != 0 && way != tried) {
                return false;
            }
        }
        return true;
    }

    /// What a look shows of broken promises.
    public static Pledge.Measured measured(Outlook outlook, Snapshot snapshot) {
        var estimate = outlook.estimate();
        var traffic = snapshot.traffic();
        var slo = outlook.spec().slo();
        double waiting = estimate.prefillBacklogRequests() + estimate.decodeBacklogRequests();
        return new Pledge.Measured(
                estimate.requestsPerSecond(),
                estimate.inputTokens(),
                estimate.outputTokens(),
                above(traffic.ttftMeanSeconds().orElse(0), Evidence.TTFT_MEAN * slo.ttftSeconds()),
                above(traffic.itlMeanSeconds().orElse(0), slo.itlSeconds()),
                outlook.queued() ? Double.valueOf(waiting) : null);
    }

    private static @Nullable Double above(double value, double limit) {
        return value > limit ? Double.valueOf(value) : null;
    }

    /// Whether a complete move had no effect, by the first window after it has settled: of the same
    /// traffic, all that was broken is as broken as before, and nothing that waited when the move
    /// was complete is being worked off.
    public static Verdict effect(
            Pledge pledge, Outlook outlook, Snapshot snapshot, List<Window> windows) {
        var before = pledge.before();
        var now = measured(outlook, snapshot);
        boolean without =
                before.broken()
                        && now.likeIn(before, SAME_TRAFFIC)
                        && lasts(before.ttftSeconds(), now.ttftSeconds())
                        && lasts(before.itlSeconds(), now.itlSeconds())
                        && lasts(before.queued(), now.queued())
                        && !fallen(pledge, outlook)
                        && !Evidence.queueFalls(windows);
        return Verdict.of(Reason.INEFFECTIVE, without, figures(before, now));
    }

    private static boolean fallen(Pledge pledge, Outlook outlook) {
        var estimate = outlook.estimate();
        double queued = estimate.prefillBacklogRequests() + estimate.decodeBacklogRequests();
        var ended = pledge.ended();
        return ended != null && queued < ended.queued();
    }

    private static boolean lasts(@Nullable Double before, @Nullable Double now) {
        return before == null || (now != null && now > (1 - EFFECT) * before);
    }

    private static Figure[] figures(Pledge.Measured before, Pledge.Measured now) {
        var figures = new ArrayList<Figure>();
        add(figures, "ttft_before_s", before.ttftSeconds());
        add(figures, "ttft_now_s", now.ttftSeconds());
        add(figures, "itl_before_s", before.itlSeconds());
        add(figures, "itl_now_s", now.itlSeconds());
        add(figures, "queued_before", before.queued());
        add(figures, "queued_now", now.queued());
        return figures.toArray(Figure[]::new);
    }

    private static void add(List<Figure> figures, String name, @Nullable Double value) {
        if (value != null) {
            figures.add(new Figure(name, value));
        }
    }
}
