package dev.ratematch.dashboards.view;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.service.Service;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a console keeps of one service: its latest cycle, a day of points and its latest decisions.
/// Takes as much memory after a year as after a day. Safe for threads.
public final class Watched {

    private final String id;
    private final String title;
    private final boolean whole;
    private final History history;
    private final Decisions decisions = new Decisions();
    private @Nullable Seen latest;
    private long sequence;

    /// A service of which nothing was seen yet.
    ///
    /// @param id names it in addresses
    /// @param whole whether every cycle is kept, so that moments that are past can be shown too
    public Watched(String id, String title, boolean whole) {
        this.id = id;
        this.title = title;
        this.whole = whole;
        this.history = new History(whole);
    }

    /// Names it in addresses.
    public String id() {
        return id;
    }

    /// Whether moments that are past can be shown.
    public boolean whole() {
        return whole;
    }

    /// Takes the next cycle.
    public synchronized void add(Service service, Cycle cycle, TrackRecord record) {
        var before = latest;
        var steps = MoveStep.after(before == null ? null : before.steps(), cycle);
        var seen = new Seen(++sequence, service, cycle, record, steps);
        latest = seen;
        history.add(seen);
        decisions.add(seen);
    }

    /// The latest cycle; empty before the first.
    public synchronized Optional<Seen> latest() {
        return Optional.ofNullable(latest);
    }

    /// The cycle that was the latest at a moment, where cycles are kept.
    public synchronized Optional<Seen> at(double seconds) {
        return history.at(seconds);
    }

    /// Its row in the overview; empty before the first cycle.
    public Optional<ServiceRow> row() {
        return latest().map(seen -> ServiceRow.of(id, title, seen));
    }

    /// All of a cycle.
    public ServiceView view(Seen seen) {
        return ServiceView.of(id, title, seen);
    }

    /// Points after a cycle; of all cycles after 0.
    public HistoryView after(long number) {
        List<Point> points;
        synchronized (this) {
            points = history.after(number);
        }
        return HistoryView.of(points);
    }

    /// Points that are kept.
    public synchronized int points() {
        return history.size();
    }

    /// The latest decisions, newest first.
    public List<DecisionView> decisions() {
        List<DecisionView> all;
        synchronized (this) {
            all = decisions.list();
        }
        return DecisionView.brief(all);
    }

    /// One of them, whole.
    public synchronized Optional<DecisionView> decision(long number) {
        return decisions.find(number);
    }
}
