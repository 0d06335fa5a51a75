package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The series of one target in one answer.
///
/// @param series what it exposes
/// @param up what its scraper says of it
record TargetSeries(TargetTag tag, List<RawSeries> series, List<RawSeries> up) {

    static final String UP = "up";
    private static final String NAME = "__name__";

    /// The targets of an answer. Series of one name and address are of several targets when a label
    /// of the target differs in them. Which labels those are is told by `up`, which carries no
    /// others; where it is not stored, by the times: series of one scrape have one time.
    static List<TargetSeries> of(List<RawSeries> answer) {
        var federated = federated(answer);
        var byName = new LinkedHashMap<TargetName, List<RawSeries>>();
        for (var one : answer) {
            byName.computeIfAbsent(
                            TargetName.of(one.labels(), federated.contains(plain(one))),
                            _ -> new ArrayList<>())
                    .add(one);
        }
        var targets = new ArrayList<TargetSeries>();
        byName.forEach((name, series) -> targets.addAll(split(name, series)));
        return targets;
    }

    private static TargetName plain(RawSeries one) {
        return TargetName.of(one.labels(), false);
    }

    /// A server that hands on what others scraped puts its own name on all of it, and theirs under
    /// exported labels. Where only some series have those, they are of the engine's own.
    private static Set<TargetName> federated(List<RawSeries> answer) {
        var all = new HashMap<TargetName, Boolean>();
        for (var one : answer) {
            if (!one.name().equals(UP)) {
                all.merge(plain(one), TargetName.exported(one.labels()), Boolean::logicalAnd);
            }
        }
        return all.keySet().stream().filter(all::get).collect(Collectors.toSet());
    }

    private static List<TargetSeries> split(TargetName name, List<RawSeries> series) {
        var ups = series.stream().filter(one -> one.name().equals(UP)).toList();
        var telling = ups.isEmpty() ? timely(series) : differing(series, ups);
        var parts = new LinkedHashMap<Map<String, String>, List<RawSeries>>();
        for (var one : series) {
            var key = new TreeMap<String, String>();
            telling.forEach(label -> key.put(label, one.labels().getOrDefault(label, "")));
            parts.computeIfAbsent(key, _ -> new ArrayList<>()).add(one);
        }
        var targets = new ArrayList<TargetSeries>();
        for (var part : parts.values()) {
            var own = part.stream().filter(one -> !one.name().equals(UP)).toList();
            var up = part.stream().filter(one -> one.name().equals(UP)).toList();
            var tag = new TargetTag(name, common(up.isEmpty() ? part : up), !up.isEmpty());
            targets.add(new TargetSeries(tag, own, up));
        }
        return targets;
    }

    /// Labels of targets that have several values.
    private static Set<String> differing(List<RawSeries> series, List<RawSeries> ups) {
        var names = new TreeSet<String>();
        ups.forEach(up -> names.addAll(up.labels().keySet()));
        names.remove(NAME);
        names.removeIf(
                label -> {
                    var values = new HashSet<String>();
                    ups.forEach(up -> values.add(up.labels().getOrDefault(label, "")));
                    series.stream()
                            .filter(one -> one.labels().containsKey(label))
                            .forEach(one -> values.add(one.labels().get(label)));
                    return values.size() < 2;
                });
        return names;
    }

    /// Labels on every series with several values that were never seen at one time.
    private static Set<String> timely(List<RawSeries> series) {
        var names = names(series);
        names.remove(NAME);
        names.removeIf(
                label -> {
                    var times = new HashMap<String, Set<Double>>();
                    for (var one : series) {
                        var seen =
                                times.computeIfAbsent(
                                        String.valueOf(one.labels().get(label)),
                                        _ -> new HashSet<>());
                        for (double time : one.times()) {
                            seen.add(time);
                        }
                    }
                    return times.size() < 2 || !disjoint(times.values());
                });
        return names;
    }

    private static boolean disjoint(Iterable<Set<Double>> times) {
        var all = new HashSet<Double>();
        for (var some : times) {
            if (!Collections.disjoint(all, some)) {
                return false;
            }
            all.addAll(some);
        }
        return true;
    }

    private static Set<String> names(List<RawSeries> series) {
        var names = new TreeSet<>(series.getFirst().labels().keySet());
        series.forEach(one -> names.retainAll(one.labels().keySet()));
        return names;
    }

    /// Labels with one value on all of these.
    private static SortedMap<String, String> common(List<RawSeries> series) {
        var labels = new TreeMap<>(series.getFirst().labels());
        series.forEach(one -> labels.entrySet().retainAll(one.labels().entrySet()));
        labels.remove(NAME);
        return labels;
    }
}
