package dev.ratematch.controller.telemetry.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import dev.ratematch.costmodel.text.Look;
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

    /// For people: what has to be changed first.
    ///
    /// @param verbose whether each check of each pod has a line of its own
    public String text(Look look, boolean verbose) {
        return new DoctorText(this, look).text(verbose);
    }

    /// One line.
    String summary() {
        long faults = count(Verdict.FAULT);
        long lacking = count(Verdict.LACKING);
        String lacks =
                lacking == 0
                        ? ""
                        : " %d lacking: it works, but is less accurate.".formatted(lacking);
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
