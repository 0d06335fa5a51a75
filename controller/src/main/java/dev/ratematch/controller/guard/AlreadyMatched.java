package dev.ratematch.controller.guard;

/// The fleet is what the plan asks for.
public final class AlreadyMatched implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        return Verdict.of(
                Reason.ALREADY_MATCHED,
                weighed.matched(),
                new Figure("planned_prefill", weighed.plan().prefill()),
                new Figure("planned_decode", weighed.plan().decode()));
    }
}
