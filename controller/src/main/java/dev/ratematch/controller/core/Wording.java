package dev.ratematch.controller.core;

import dev.ratematch.controller.core.Explanation.As;
import dev.ratematch.controller.core.Explanation.Candidate;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A choice in words and figures, for people; nothing is decided by it.
///
/// @param now replicas commanded at present
record Wording(Outlook outlook, Sizes now, Plan plan) {

    /// One target in a sentence: what would come of it.
    ///
    /// @param more what the guard that held says, empty for nothing
    /// @param proposed null for nothing, which tells of the plan
    String text(Reason reason, String more, @Nullable Sizes proposed) {
        var to = proposed == null ? plan.sizes() : proposed;
        var estimate = outlook.estimate();
        String unreachable =
                "No replica count meets the targets: a single request alone exceeds "
                        + "them; the fleet is sized for throughput.";
        String last = more.isEmpty() && plan.unreachable() ? unreachable : more;
        return String.format(
                Locale.ROOT,
                "%s: %.1f req/s at ISL %.0f, OSL %.0f; %s carries %s of the planned demand%s.%s",
                reason.sentence(),
                estimate.requestsPerSecond(),
                estimate.inputTokens(),
                estimate.outputTokens(),
                now.ratio(),
                share(now),
                to.equals(now) ? "" : ", %s %s".formatted(to.ratio(), share(to)),
                last.isEmpty() ? "" : " " + last);
    }

    private String share(Sizes pair) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * outlook.served(pair));
    }

    /// The pairs that mattered.
    List<Candidate> candidates(@Nullable Sizes proposed) {
        var weighed = new ArrayList<Candidate>();
        weighed.add(candidate(As.NOW, now));
        weighed.add(candidate(As.PLAN, plan.sizes()));
        if (proposed != null) {
            weighed.add(candidate(As.PROPOSAL, proposed));
        }
        return weighed;
    }

    private Candidate candidate(As as, Sizes pair) {
        return new Candidate(
                as,
                pair,
                outlook.spec().gpus(pair),
                outlook.served(pair),
                outlook.servedBare(pair));
    }
}
