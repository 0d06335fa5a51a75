package dev.ratematch.controller.ledger;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.Entry.End;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps the books of one service, cycle by cycle: a recommendation stands from the cycle that
/// makes it until another takes its place or the fleet as it was is right again. Confined to one
/// thread.
public final class Ledger {

    private @Nullable Account open;
    private @Nullable Sizes recommended;

    /// Books one cycle.
    ///
    /// @param known whether it was decided like that; where this build decides otherwise than what
    ///   was recorded, only what was seen counts
    /// @return the entry that this cycle ends
    public Optional<Entry> cycle(Service service, Cycle cycle, boolean known) {
        var account = open;
        var seen = cycle.snapshot();
        if (account != null) {
            account.cycle(seen, known ? cycle.explanation().assessment() : null);
        }
        var now = desired(seen);
        var end = cycle.end();
        if (!known || now == null || end == null || end.equals(recommended)) {
            return Optional.empty();
        }
        boolean stays = end.equals(now);
        // A cycle that could not plan takes nothing back.
        if (stays && (account == null || cycle.explanation().plan() == null)) {
            return Optional.empty();
        }
        recommended = end;
        open = stays ? null : opened(service, cycle, now, end);
        return account == null
                ? Optional.empty()
                : Optional.of(account.entry(stays ? End.WITHDRAWN : End.REPLACED));
    }

    private static Account opened(Service service, Cycle cycle, Sizes now, Sizes end) {
        var why = cycle.explanation();
        var assessment = why.assessment();
        boolean forecast = assessment != null && assessment.end().pair().equals(end);
        return new Account(
                service,
                why.calibration(),
                cycle.snapshot().atSeconds(),
                now,
                end,
                forecast && assessment != null ? Promise.of(assessment) : null);
    }

    /// The recommendation that stands, as far as it is booked.
    public Optional<Entry> open() {
        return Optional.ofNullable(open).map(account -> account.entry(End.OPEN));
    }

    /// The commanded sizes; null where they are not known.
    static @Nullable Sizes desired(Snapshot seen) {
        return seen.prefill().desired() instanceof Reading.Value(double prefill, _)
                        && seen.decode().desired() instanceof Reading.Value(double decode, _)
                ? new Sizes((int) prefill, (int) decode)
                : null;
    }
}
