package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The targets of one kind that are known, and which of them are one pod. Confined to one thread.
final class Roster {

    private final Catalogue catalogue;
    private final List<KnownTarget> targets = new ArrayList<>();
    private final Map<KnownTarget, Map<KnownTarget, Likeness>> likeness = new LinkedHashMap<>();
    private final Map<KnownTarget, String> titles = new LinkedHashMap<>();
    private final Set<KnownTarget> read = new LinkedHashSet<>();

    /// One process, however often it is scraped.
    ///
    /// @param title unique, and the same as long as any of its targets is there
    /// @param place a matcher of the cluster that it is of, where it has namesakes in others
    /// @param members its targets
    /// @param read the one of them that is read
    record Pod(String title, String place, List<KnownTarget> members, KnownTarget read) {

        /// The replica that it is of; namesakes are of different ones.
        String replica(Groups groups) {
            String name = groups.replica(read.tag());
            return place.isEmpty() ? name : name + " " + place;
        }

        /// Labels that tell its targets apart.
        Set<String> apart() {
            var apart = new HashSet<String>();
            members.forEach(member -> apart.addAll(member.tag().apart(read.tag())));
            return apart;
        }
    }

    Roster(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    List<KnownTarget> targets() {
        return List.copyOf(targets);
    }

    void forget() {
        remove(List.copyOf(targets));
    }

    void remove(Collection<KnownTarget> gone) {
        targets.removeAll(gone);
        for (var one : gone) {
            likeness.remove(one);
            likeness.values().forEach(others -> others.remove(one));
            titles.remove(one);
            read.remove(one);
        }
    }

    /// Takes note of an answer: whose series these are, and how alike those count that may be one.
    Map<KnownTarget, TargetSeries> heard(List<RawSeries> answer) {
        var heard = new LinkedHashMap<KnownTarget, TargetSeries>();
        for (var one : TargetSeries.of(answer)) {
            var known = known(one.tag(), heard.keySet());
            known.told(one);
            heard.put(known, one);
        }
        compare(heard);
        return heard;
    }

    private KnownTarget known(TargetTag tag, Set<KnownTarget> taken) {
        for (var target : targets) {
            if (target.tag().is(tag) && !taken.contains(target)) {
                return target;
            }
        }
        var target = new KnownTarget(tag);
        targets.add(target);
        return target;
    }

    private void compare(Map<KnownTarget, TargetSeries> heard) {
        var counters = new HashMap<KnownTarget, Map<String, RawSeries>>();
        var all = List.copyOf(heard.entrySet());
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                var one = all.get(i).getKey();
                var other = all.get(j).getKey();
                var mine = all.get(i).getValue();
                var others = all.get(j).getValue();
                var name = one.tag().name();
                // What ports of one pod count is looked at once: it decides nothing.
                boolean known =
                        name.otherPort(other.tag().name())
                                && likeness(one, other) != Likeness.UNTOLD
                                && kinship(one, other) == Kinship.PORTS;
                if (!known && name.mayBe(other.tag().name())) {
                    var found =
                            Likeness.of(
                                    counters.computeIfAbsent(one, _ -> counters(mine)),
                                    counters.computeIfAbsent(other, _ -> counters(others)));
                    likeness.computeIfAbsent(one, _ -> new LinkedHashMap<>())
                            .merge(other, found, (a, b) -> b == Likeness.UNTOLD ? a : b);
                }
            }
        }
    }

    private Map<String, RawSeries> counters(TargetSeries heard) {
        return Likeness.counters(heard.series(), catalogue);
    }

    /// How two targets count, as far as they were ever seen side by side.
    Likeness likeness(KnownTarget one, KnownTarget other) {
        var found = likeness.getOrDefault(one, Map.of()).get(other);
        var turned = likeness.getOrDefault(other, Map.of()).get(one);
        return found != null ? found : turned != null ? turned : Likeness.UNTOLD;
    }

    /// What two targets are to each other.
    Kinship kinship(KnownTarget one, KnownTarget other) {
        return Kinship.of(one.tag(), other.tag(), likeness(one, other));
    }

    /// The pods that the targets are.
    ///
    /// @param reference time of the newest sample of anything
    List<Pod> pods(double reference) {
        var groups = new ArrayList<List<KnownTarget>>();
        for (var target : targets) {
            var same =
                    groups.stream()
                            .filter(group -> group.stream().anyMatch(o -> same(o, target)))
                            .findFirst();
            same.ifPresentOrElse(
                    group -> group.add(target), () -> groups.add(new ArrayList<>(List.of(target))));
        }
        var taken = new HashSet<String>();
        var strangers = Strangers.among(this);
        var pods = new ArrayList<Pod>();
        for (var group : groups) {
            String place = strangers.label(group.getFirst());
            String title = title(group, place, taken);
            taken.add(title);
            var now = named(group, title, reference);
            pods.add(new Pod(title, place, List.copyOf(group), now));
        }
        return pods;
    }

    private boolean same(KnownTarget one, KnownTarget other) {
        return one.tag().name().mayBe(other.tag().name()) && kinship(one, other) == Kinship.SAME;
    }

    private KnownTarget named(List<KnownTarget> group, String title, double reference) {
        var now = reading(group, reference);
        group.forEach(
                target -> {
                    titles.put(target, title);
                    read.remove(target);
                });
        read.add(now);
        return now;
    }

    private String title(List<KnownTarget> group, String place, Set<String> taken) {
        String plain = group.getFirst().tag().name().title();
        String title = titles.getOrDefault(group.getFirst(), plain);
        if (!place.isEmpty()) {
            title = plain + " " + place;
        }
        for (int i = 2; taken.contains(title); i++) {
            title = "%s #%d".formatted(plain, i);
        }
        return title;
    }

    /// The one that was read, while it can be; else the one with the newest scrape.
    private KnownTarget reading(List<KnownTarget> group, double reference) {
        var best = group.getFirst();
        for (var target : group) {
            boolean alive = target.engine() && !target.down() && !target.gone(reference);
            if (alive && read.contains(target)) {
                return target;
            }
            boolean better = !best.engine() || best.down() || best.gone(reference);
            boolean newer = target.newest() > best.newest() && !read.contains(best);
            if (alive && (better || newer)) {
                best = target;
            }
        }
        return best;
    }
}
