package dev.ratematch.controller.guard;

import dev.ratematch.controller.observe.Role;
import java.util.ArrayList;

/// What `behavior` says of a role forbids the change, for now or altogether.
public final class ScalingPolicy implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        var proposal = weighed.proposal();
        if (proposal == null) {
            return Verdict.passes(Reason.SCALING_POLICY);
        }
        var allowance = proposal.allowance();
        boolean nothing =
                proposal.to().equals(weighed.now()) && !allowance.allows(proposal.wanted());
        boolean beyond = !allowance.allows(proposal.to());
        var figures = new ArrayList<Figure>();
        for (var role : Role.values()) {
            var span = allowance.of(role);
            if (!span.fewestBy().isEmpty()) {
                figures.add(new Figure("least_%s_replicas".formatted(role.label()), span.fewest()));
            }
            if (!span.mostBy().isEmpty()) {
                figures.add(new Figure("most_%s_replicas".formatted(role.label()), span.most()));
            }
            figures.add(
                    new Figure(
                            "wanted_%s_replicas".formatted(role.label()),
                            proposal.wanted().of(role)));
        }
        return new Verdict(
                Reason.SCALING_POLICY,
                nothing || beyond,
                nothing || beyond ? allowance.against(proposal.wanted()) : "",
                figures);
    }
}
