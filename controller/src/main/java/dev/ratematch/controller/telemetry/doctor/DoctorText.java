package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What was found, for people: faults first, then what is lacking, then what is good. Pods that
/// have the same of it are one line. Pure.
///
/// @param report what is shown
/// @param look how
record DoctorText(DoctorReport report, Look look) {

    private static final String END = System.lineSeparator();

    /// Pods that are named; of more only how many they are.
    private static final int NAMED_MAX = 3;

    /// Findings that are one line.
    private record Key(String role, String check, Verdict verdict, String what, String fix) {}

    /// A line, and what to change where something is to be changed.
    private record Line(List<String> cells, String fix, Verdict verdict) {}

    /// The whole of it.
    ///
    /// @param verbose whether each check of each pod has a line of its own
    String text(boolean verbose) {
        var lines = new ArrayList<Line>();
        for (var verdict : List.of(Verdict.FAULT, Verdict.LACKING)) {
            lines.addAll(verbose ? each(verdict) : together(verdict));
        }
        lines.addAll(verbose ? each(Verdict.GOOD) : good());
        var text = new StringBuilder(table(lines));
        text.append(look.text(HeadCount.text(report.identity()).stripTrailing())).append(END);
        report.notes().forEach(note -> text.append(look.text("note: " + note + END)));
        String summary = report.summary();
        text.append(END);
        look.folded(summary)
                .forEach(
                        line ->
                                text.append(report.healthy() ? look.good(line) : look.bad(line))
                                        .append(END));
        return text.toString();
    }

    private String table(List<Line> lines) {
        var grid = new Grid(5, "role", "pod", "check", "result", "what was seen");
        for (var line : lines) {
            grid.row(line.cells().toArray(String[]::new));
            if (!line.fix().isEmpty()) {
                grid.row("", "", "", "", "-> " + line.fix());
            }
        }
        var text = new StringBuilder();
        var painted = grid.text(look).lines().toList();
        boolean bad = false;
        for (int i = 0; i < painted.size(); i++) {
            String line = painted.get(i);
            bad = line.startsWith(" ") ? bad : line.contains("  " + result(Verdict.FAULT) + " ");
            text.append(i > 0 && bad ? look.bad(line) : line).append(END);
        }
        return text.toString();
    }

    private List<Finding> of(Verdict verdict) {
        return report.findings().stream().filter(f -> f.verdict() == verdict).toList();
    }

    private List<Line> each(Verdict verdict) {
        return of(verdict).stream()
                .map(
                        f ->
                                line(
                                        f.source().label(),
                                        f.subject(),
                                        f.check().label(),
                                        verdict,
                                        f.what(),
                                        f.fix()))
                .toList();
    }

    private static Line line(
            String role, String pod, String check, Verdict verdict, String... what) {
        String fix = verdict == Verdict.GOOD ? "" : what[1];
        return new Line(List.of(role, pod, check, result(verdict), what[0]), fix, verdict);
    }

    private List<Line> together(Verdict verdict) {
        var pods = new LinkedHashMap<Key, LinkedHashSet<String>>();
        for (var f : of(verdict)) {
            var key = new Key(f.source().label(), f.check().label(), verdict, f.what(), f.fix());
            pods.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(f.subject());
        }
        return pods.entrySet().stream()
                .map(
                        each ->
                                line(
                                        each.getKey().role(),
                                        named(each.getValue()),
                                        each.getKey().check(),
                                        verdict,
                                        each.getKey().what(),
                                        each.getKey().fix()))
                .toList();
    }

    private static String named(LinkedHashSet<String> pods) {
        return pods.size() <= NAMED_MAX
                ? String.join(", ", pods)
                : "%s and %d more"
                        .formatted(
                                pods.stream()
                                        .limit(NAMED_MAX - 1L)
                                        .collect(Collectors.joining(", ")),
                                pods.size() - NAMED_MAX + 1);
    }

    /// What is good of a role is one line: nobody has to do anything about it.
    private List<Line> good() {
        var roles = new LinkedHashMap<String, List<Finding>>();
        of(Verdict.GOOD)
                .forEach(
                        f ->
                                roles.computeIfAbsent(f.source().label(), _ -> new ArrayList<>())
                                        .add(f));
        return roles.entrySet().stream()
                .map(
                        role ->
                                line(
                                        role.getKey(),
                                        "all",
                                        "%d checks".formatted(role.getValue().size()),
                                        Verdict.GOOD,
                                        summed(role.getValue())))
                .toList();
    }

    /// What the pods are, and what else of them is good.
    private static String summed(List<Finding> good) {
        var engines = new LinkedHashSet<String>();
        var checks = new LinkedHashSet<String>();
        for (var finding : good) {
            if (finding.check() == Check.ENGINE) {
                engines.add(finding.what());
            } else {
                checks.add(finding.check().label());
            }
        }
        return Stream.of(String.join(", ", engines), String.join(", ", checks))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private static String result(Verdict verdict) {
        return switch (verdict) {
            case GOOD -> "good";
            case LACKING -> "lacking";
            case FAULT -> "FAULT";
        };
    }
}
