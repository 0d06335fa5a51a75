package dev.ratematch.dashboards.view;

import dev.ratematch.controller.ledger.TrackRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The latest decisions of one service: what changed the fleet is kept longer than what did not.
/// Confined to one thread.
final class Decisions {

    static final int CHANGES_MAX = 40;
    static final int HOLDS_MAX = 20;

    /// Oldest first.
    private final List<DecisionView> all = new ArrayList<>();

    void add(Seen seen) {
        var last = all.isEmpty() ? null : all.getLast();
        if (last != null && last.isAlso(seen.cycle())) {
            all.set(all.size() - 1, last.again(seen.atSeconds()));
        } else {
            all.add(DecisionView.of(seen));
            evict(true, CHANGES_MAX);
            evict(false, HOLDS_MAX);
        }
        effect(seen.record());
    }

    private void evict(boolean changes, int most) {
        if (all.stream().filter(each -> each.changes() == changes).count() > most) {
            all.remove(
                    all.stream()
                            .filter(each -> each.changes() == changes)
                            .findFirst()
                            .orElseThrow());
        }
    }

    /// The ledger books a recommendation under the moment of the cycle that made it.
    private void effect(TrackRecord record) {
        var entry = record.last();
        if (entry == null) {
            return;
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            var each = all.get(i);
            if (each.atSeconds() == entry.atSeconds()) {
                all.set(i, each.with(EffectView.of(entry)));
                return;
            }
        }
    }

    List<DecisionView> list() {
        return List.copyOf(all);
    }

    Optional<DecisionView> find(long number) {
        return all.stream().filter(each -> each.number() == number).findFirst();
    }
}
