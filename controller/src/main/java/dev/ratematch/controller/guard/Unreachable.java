package dev.ratematch.controller.guard;

/// Service time alone breaks the promise, and no other split carries more.
public final class Unreachable implements Guard<Weighed> {

    @Override
    public Verdict ask(Weighed weighed) {
        return Verdict.of(
                Reason.UNREACHABLE, weighed.proposal() == null && weighed.plan().unreachable());
    }
}
