package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.Identity.Member;
import dev.ratematch.controller.telemetry.Identity.State;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Roster.Pod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Says for people which targets are which pods and replicas, and by what that was told.
record IdentityText(Source source, Roster roster, List<Pod> pods, Groups groups, Silence silence) {

    Identity identity() {
        var members = new ArrayList<Member>();
        for (var pod : pods) {
            for (var target : pod.members()) {
                var state = state(pod, target);
                if (target.engine() || target.down()) {
                    members.add(
                            new Member(
                                    source,
                                    target(target),
                                    state == State.HEADLESS ? "" : pod.title(),
                                    state == State.HEADLESS ? "" : pod.replica(groups),
                                    state));
                }
            }
        }
        var notes = new ArrayList<String>();
        doubled(notes);
        headless(notes);
        grouped(notes);
        alike(notes);
        return new Identity(members, notes, Strangers.among(roster).faults(source));
    }

    private State state(Pod pod, KnownTarget target) {
        if (silence.headless().contains(pod)) {
            return State.HEADLESS;
        }
        if (target != pod.read()) {
            return State.DOUBLED;
        }
        return target.down() ? State.SILENT : State.READ;
    }

    private static String target(KnownTarget target) {
        String instance = target.tag().name().instance();
        return instance.isEmpty() ? target.tag().name().shortly() : instance;
    }

    private void doubled(List<String> notes) {
        var twice = pods.stream().filter(p -> p.members().size() > 1).toList();
        if (twice.isEmpty()) {
            return;
        }
        var first = twice.getFirst();
        var ways = new LinkedHashSet<String>();
        for (var member : first.members()) {
            ways.add("%s%s".formatted(target(member), labels(member, first.apart())));
        }
        int targets = twice.stream().mapToInt(p -> p.members().size()).sum();
        notes.add(
                "%s: %d targets are %d %s, scraped more than once and read once; they count alike: %s is %s"
                        .formatted(
                                source.label(),
                                targets,
                                twice.size(),
                                twice.size() == 1 ? "pod" : "pods",
                                first.read().tag().name().shortly(),
                                String.join(" and ", ways)));
    }

    private static String labels(KnownTarget target, Set<String> apart) {
        String labels =
                new TreeSet<>(apart)
                        .stream()
                                .filter(label -> !target.tag().label(label).isEmpty())
                                .map(l -> "%s=\"%s\"".formatted(l, target.tag().label(l)))
                                .collect(Collectors.joining(", "));
        return labels.isEmpty() ? "" : " (%s)".formatted(labels);
    }

    private void headless(List<String> notes) {
        if (!silence.headless().isEmpty()) {
            notes.add(
                    "%s: no replicas, they have never answered while others do, as workers of a group whose leader answers for all: %s"
                            .formatted(
                                    source.label(),
                                    names(
                                            silence.headless().stream()
                                                    .map(p -> p.read().tag().name().shortly())
                                                    .toList())));
        }
    }

    private void grouped(List<String> notes) {
        var replicas = new LinkedHashMap<String, Set<String>>();
        for (var pod : pods) {
            if (pod.read().engine()) {
                replicas.computeIfAbsent(pod.replica(groups), _ -> new LinkedHashSet<>())
                        .add(pod.read().tag().name().shortly());
            }
        }
        replicas.values().removeIf(names -> names.size() < 2);
        if (!replicas.isEmpty()) {
            int all = replicas.values().stream().mapToInt(Set::size).sum();
            var first = replicas.entrySet().iterator().next();
            notes.add(
                    "%s: %d pods are %d %s, by their groups: %s is %s; otherwise give --%s-replicas"
                            .formatted(
                                    source.label(),
                                    all,
                                    replicas.size(),
                                    replicas.size() == 1 ? "replica" : "replicas",
                                    first.getKey(),
                                    names(List.copyOf(first.getValue())),
                                    source.label()));
        }
    }

    /// Ports of one pod that count the same may be one engine and a proxy of it.
    private void alike(List<String> notes) {
        for (int i = 0; i < pods.size(); i++) {
            for (int j = i + 1; j < pods.size(); j++) {
                var one = pods.get(i).read();
                var other = pods.get(j).read();
                if (one.tag().name().otherPort(other.tag().name())
                        && roster.likeness(one, other) == Likeness.EQUAL) {
                    notes.add(
                            "%s: the ports %s and %s count alike and are added up as ranks; if one is a proxy of the other, let the selector name one of them"
                                    .formatted(source.label(), target(one), target(other)));
                    return;
                }
            }
        }
    }

    private static String names(List<String> all) {
        int shown = 4;
        String list = all.stream().limit(shown).collect(Collectors.joining(", "));
        return all.size() > shown ? "%s and %d more".formatted(list, all.size() - shown) : list;
    }
}
