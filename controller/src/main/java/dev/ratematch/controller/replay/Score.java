package dev.ratematch.controller.replay;

import dev.ratematch.controller.ledger.Entry;
import dev.ratematch.controller.ledger.Ledger;
import dev.ratematch.controller.ledger.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The ledger of a journal: promises come from deciding it again, results from what was recorded. A
/// cycle that comes out otherwise was promised something that this build does not know; it is
/// counted, and its windows still are results.
public final class Score implements Consumer<Decided> {

    private final Map<String, Ledger> ledgers = new LinkedHashMap<>();
    private final Map<String, List<Entry>> closed = new LinkedHashMap<>();
    private long otherwise;

    @Override
    public void accept(Decided cycle) {
        boolean known = cycle.difference() == null;
        if (!known) {
            otherwise++;
        }
        var entries = closed.computeIfAbsent(cycle.of(), _ -> new ArrayList<>());
        ledgers.computeIfAbsent(cycle.of(), _ -> new Ledger())
                .cycle(cycle.service(), cycle.cycle(), known)
                .ifPresent(entries::add);
    }

    /// Cycles whose recommendation is not known because this build decides otherwise.
    public long otherwise() {
        return otherwise;
    }

    /// What there is of each, by whose it is; a journal of one has an empty name.
    public Map<String, Scores> scores() {
        var all = new LinkedHashMap<String, Scores>();
        ledgers.forEach(
                (of, ledger) -> {
                    var entries = new ArrayList<>(closed.getOrDefault(of, List.of()));
                    ledger.open().ifPresent(entries::add);
                    all.put(of, new Scores(entries));
                });
        return all;
    }
}
