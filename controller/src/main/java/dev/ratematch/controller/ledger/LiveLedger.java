package dev.ratematch.controller.ledger;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.service.Service;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The books of one service while it runs: what a host shows of its promises. Takes as much memory
/// after a year as after a day, and begins anew with its process. Confined to one thread.
public final class LiveLedger {

    /// Ended recommendations that the medians are of; enough that one odd hour moves them little.
    static final int KEPT = 50;

    private final Ledger ledger = new Ledger();
    private final Deque<Entry> ended = new ArrayDeque<>();
    private @Nullable Double since;
    private int count;

    /// Books one cycle.
    ///
    /// @return how promises have come out, this cycle included
    public TrackRecord cycle(Service service, Cycle cycle) {
        double began = since == null ? cycle.snapshot().atSeconds() : since;
        since = began;
        ledger.cycle(service, cycle, true).filter(LiveLedger::settled).ifPresent(this::keep);
        var entries = new ArrayList<>(ended);
        var open = ledger.open().filter(LiveLedger::settled);
        open.ifPresent(entries::add);
        return TrackRecord.of(began, count + (open.isPresent() ? 1 : 0), new Scores(entries));
    }

    private void keep(Entry entry) {
        count++;
        ended.addLast(entry);
        if (ended.size() > KEPT) {
            ended.removeFirst();
        }
    }

    /// Whether the fleet was as recommended for a whole window.
    private static boolean settled(Entry entry) {
        return entry.settled().windows() > 0;
    }
}
