package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which part of what a frontend counts is meant for the pools. A frontend may serve other models
/// too, which are not; or adapters of the one model, which are. Labels alone do not tell the two
/// apart, counts do.
///
/// @param user the frontend's window, narrowed to that part
/// @param count what it counts
/// @param served names of that part
/// @param others names that are left out; empty where all of it is meant
/// @param sure whether the count of this part is borne out by the pools'
record FlowScope(
        ScrapeWindow user, FlowCount count, Set<String> served, Set<String> others, boolean sure) {

    private static final List<String> LABELS = List.of("model_name", "model", "target_model_name");

    /// Names among which a part that fits is sought by trying all combinations.
    private static final int NAMES_MAX = 12;

    /// The part that is meant.
    ///
    /// @param pools what prefill and decode count, the one that counts requests first
    /// @param names of the model on the pools' own series
    /// @param counted counts a window of the frontend; null where it cannot
    static @Nullable FlowScope of(
            ScrapeWindow user,
            List<FlowCount> pools,
            Set<String> names,
            double windowSeconds,
            Function<ScrapeWindow, @Nullable FlowCount> counted) {
        var all = counted.apply(user);
        if (all == null) {
            return null;
        }
        String label = label(user, names);
        var present = user.values(label, Fact.ENDED);
        var whole = new FlowScope(user, all, present, Set.of(), true);
        var first = pools.isEmpty() ? null : pools.getFirst();
        if (first == null || first.agrees(all, windowSeconds)) {
            return whole;
        }
        var own = matching(present, names);
        var ours = own.isEmpty() ? null : part(user, label, present, own, counted);
        for (var pool : pools) {
            if (ours != null && pool.agrees(ours.count, windowSeconds)) {
                return ours;
            }
            if (pool.agrees(all, windowSeconds)) {
                return whole;
            }
        }
        if (explained(all, pools, windowSeconds)) {
            return whole;
        }
        if (ours != null
                && explained(ours.count, pools, windowSeconds)
                && !ours.count.below(first, windowSeconds)) {
            return ours;
        }
        var fitting = fitting(user, label, present, own, first, windowSeconds, counted);
        return fitting != null ? fitting : new FlowScope(user, all, present, Set.of(), false);
    }

    /// Whether all that ended well at the frontend can have come through the pools.
    private static boolean explained(FlowCount at, List<FlowCount> pools, double windowSeconds) {
        return pools.stream().anyMatch(pool -> !pool.endedFewer(at, windowSeconds));
    }

    /// The label that names models: one that has a name of the pools, if any does.
    private static String label(ScrapeWindow user, Set<String> names) {
        for (String label : LABELS) {
            if (!matching(user.values(label, Fact.ENDED), names).isEmpty()) {
                return label;
            }
        }
        for (String label : LABELS) {
            if (!user.values(label, Fact.ENDED).isEmpty()) {
                return label;
            }
        }
        return LABELS.getFirst();
    }

    /// Some write the name in lower case.
    private static Set<String> matching(Set<String> present, Set<String> names) {
        return present.stream()
                .filter(name -> names.contains(name.toLowerCase(Locale.ROOT)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static @Nullable FlowScope part(
            ScrapeWindow user,
            String label,
            Set<String> present,
            Set<String> own,
            Function<ScrapeWindow, @Nullable FlowCount> counted) {
        var narrowed = user.only(label, own);
        var count = counted.apply(narrowed);
        var others = new TreeSet<>(present);
        others.removeAll(own);
        return count == null || others.isEmpty()
                ? null
                : new FlowScope(narrowed, count, own, others, true);
    }

    /// The one combination of names, the pools' own among them, that is as much as the pools count;
    /// null where there is none, or more than one.
    private static @Nullable FlowScope fitting(
            ScrapeWindow user,
            String label,
            Set<String> present,
            Set<String> own,
            FlowCount pool,
            double windowSeconds,
            Function<ScrapeWindow, @Nullable FlowCount> counted) {
        var rest = new ArrayList<>(present);
        rest.removeAll(own);
        if (rest.isEmpty() || rest.size() > NAMES_MAX || present.size() < 2) {
            return null;
        }
        var counts = new ArrayList<FlowCount>();
        for (String name : rest) {
            var count = counted.apply(user.only(label, Set.of(name)));
            if (count == null) {
                return null;
            }
            counts.add(count);
        }
        var base = own.isEmpty() ? null : counted.apply(user.only(label, own));
        int found = 0;
        for (int mask = 1; mask < 1 << rest.size(); mask++) {
            var sum = base;
            for (int i = 0; i < rest.size(); i++) {
                if ((mask & 1 << i) != 0) {
                    sum = sum == null ? counts.get(i) : sum.plus(counts.get(i));
                }
            }
            if (sum != null && pool.agrees(sum, windowSeconds)) {
                if (found != 0) {
                    return null;
                }
                found = mask;
            }
        }
        if (found == 0) {
            return null;
        }
        var served = new TreeSet<>(own);
        for (int i = 0; i < rest.size(); i++) {
            if ((found & 1 << i) != 0) {
                served.add(rest.get(i));
            }
        }
        return part(user, label, present, served, counted);
    }
}
