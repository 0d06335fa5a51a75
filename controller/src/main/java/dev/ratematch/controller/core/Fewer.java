package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.prospect.Prospect;
import java.util.function.BiPredicate;

/// How many of the replicas that a plan does not need are given back. Each rule keeps replicas that
/// are there, up to all of them.
///
/// @param prospect of as much more than was counted as chance may have hidden
/// @param now replicas commanded at present
record Fewer(Outlook outlook, Prospect prospect, Sizes now) {

    /// Share of what fewer GPUs save that must be left of it, beyond what they lose.
    private static final double SURE = 0.75;

    /// A fleet at rest is asked at each look, and would else give a replica back at the one at
    /// which the fewest requests came.
    static Fewer of(Outlook outlook, Unsure unsure, Sizes now) {
        return new Fewer(outlook, outlook.prospect().asked(unsure.most()), now);
    }

    /// The pair with as many more as what is asked now needs, and as it takes for what is saved to
    /// be four times what is lost: a pair at the edge of what is worth it would be grown again
    /// soon.
    Sizes lasting(Sizes wanted) {
        return keeping(keeping(wanted, this::carriesMore), this::savesLittle);
    }

    private boolean carriesMore(Sizes kept, Sizes more) {
        return outlook.servedBare(more) > outlook.servedBare(kept);
    }

    private boolean savesLittle(Sizes kept, Sizes more) {
        var spec = outlook.spec();
        double saved = prospect.price(spec.gpus(more)) - prospect.price(spec.gpus(kept));
        return prospect.value(kept) - prospect.value(more) < SURE * saved;
    }

    /// The pair with as many more as it takes to hold so many GPUs: those that one role has too
    /// many and the other was seen to want are not given back, they change sides.
    Sizes holding(Sizes wanted, int gpus) {
        return keeping(wanted, (kept, more) -> outlook.spec().gpus(kept) < gpus);
    }

    private Sizes keeping(Sizes wanted, BiPredicate<Sizes, Sizes> better) {
        var kept = wanted;
        for (var role : Role.values()) {
            while (kept.of(role) < now.of(role) && better.test(kept, kept.plus(role, 1))) {
                kept = kept.plus(role, 1);
            }
        }
        return kept;
    }

    /// The pair with one more in a pool that gives some back, where the loss of one of those that
    /// are left would leave requests unserved.
    Sizes survivingALoss(Sizes wanted) {
        var kept = wanted;
        for (var role : Role.values()) {
            int left = kept.of(role);
            if (left < now.of(role) && left > 1 && !outlook.carries(kept.plus(role, -1))) {
                kept = kept.plus(role, 1);
            }
        }
        return kept;
    }
}
