package dev.ratematch.controller.telemetry.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// What was found, for people and as JSON. Pure.
///
/// @param source where it was looked at, for people
/// @param identity which targets are which pods and replicas
/// @param notes what was noticed beside the checks
public record DoctorReport(
        String source, List<Finding> findings, Identity identity, List<String> notes) {

    public DoctorReport {
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    long count(Verdict verdict) {
        return findings.stream().filter(f -> f.verdict() == verdict).count();
    }

    /// Whether nothing has to be changed.
    public boolean healthy() {
        return count(Verdict.FAULT) == 0;
    }

    private record Line(String role, String pod, String check, String result, String what) {}

    /// The table: what is good in one line a check, every fault and lack on its own with the fix.
    public String text() {
        var lines = new ArrayList<Line>();
        var fixes = new LinkedHashMap<Integer, String>();
        var good = new LinkedHashMap<List<String>, Integer>();
        for (var finding : findings) {
            String role = finding.source().label();
            String check = finding.check().label();
            if (finding.verdict() == Verdict.GOOD) {
                var key = List.of(role, finding.subject(), check);
                var at = good.get(key);
                if (at != null) {
                    var line = lines.get(at);
                    lines.set(
                            at,
                            new Line(
                                    role,
                                    line.pod(),
                                    check,
                                    "good",
                                    line.what() + "; " + finding.what()));
                    continue;
                }
                good.put(key, lines.size());
            } else {
                fixes.put(lines.size(), finding.fix());
            }
            lines.add(new Line(role, finding.subject(), check, result(finding), finding.what()));
        }
        int pods = lines.stream().mapToInt(l -> l.pod().length()).max().orElse(0);
        String row = "%-9s %-" + Math.max(3, pods) + "s %-9s %-8s %s%n";
        var text = new StringBuilder();
        text.append(row.formatted("role", "pod", "check", "result", "what was seen"));
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            text.append(
                    row.formatted(
                            line.role(), line.pod(), line.check(), line.result(), line.what()));
            var fix = fixes.get(i);
            if (fix != null) {
                text.append(row.formatted("", "", "", "", "-> " + fix));
            }
        }
        text.append(HeadCount.text(identity));
        notes.forEach(note -> text.append("note: ").append(note).append(System.lineSeparator()));
        return text.append(System.lineSeparator())
                .append(summary())
                .append(System.lineSeparator())
                .toString();
    }

    private static String result(Finding finding) {
        return switch (finding.verdict()) {
            case GOOD -> "good";
            case LACKING -> "lacking";
            case FAULT -> "FAULT";
        };
    }

    /// One line.
    String summary() {
        long faults = count(Verdict.FAULT);
        long lacking = count(Verdict.LACKING);
        String lacks =
                lacking == 0 ? "" : " %d lacking: it works, less exactly.".formatted(lacking);
        return faults == 0
                ? "Healthy: %s can be used. %d checks, no fault.%s"
                        .formatted(source, findings.size(), lacks)
                : "%d %s in %d checks of %s; each line with -> says what to change.%s"
                        .formatted(
                                faults,
                                faults == 1 ? "fault" : "faults",
                                findings.size(),
                                source,
                                lacks);
    }

    /// One object.
    public ObjectNode json() {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("source", source);
        node.put("healthy", healthy());
        node.put("faults", count(Verdict.FAULT));
        node.put("lacking", count(Verdict.LACKING));
        var checks = node.putArray("checks");
        for (var finding : findings) {
            checks.addObject()
                    .put("role", finding.source().label())
                    .put("pod", finding.subject())
                    .put("check", finding.check().label())
                    .put("result", finding.verdict().name().toLowerCase(Locale.ROOT))
                    .put("what", finding.what())
                    .put("fix", finding.fix());
        }
        HeadCount.json(identity, node.putArray("targets"));
        var said = node.putArray("notes");
        notes.forEach(said::add);
        return node;
    }
}
