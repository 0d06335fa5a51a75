package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// Whether `recommend` could advise from what is there: what it would refuse is a fault here too.
public final class Readiness {

    private Readiness() {}

    /// The findings with what else keeps `recommend` from advising.
    ///
    /// @param found in each pod
    /// @param seen what `recommend` would read
    public static List<Finding> with(List<Finding> found, Identity identity, Snapshot seen) {
        var all = new ArrayList<>(found);
        for (var fault : identity.faults()) {
            all.add(
                    new Finding(
                            fault.source(),
                            fault.subject(),
                            Check.LABELLED,
                            Verdict.FAULT,
                            fault.what(),
                            fault.fix()));
        }
        boolean told =
                all.stream()
                        .filter(each -> each.verdict() == Verdict.FAULT)
                        .anyMatch(each -> each.check() != Check.FRESH);
        if (!told) {
            unreadable(all, seen);
            contradicting(all, seen);
        }
        return List.copyOf(all);
    }

    private static void unreadable(List<Finding> into, Snapshot seen) {
        var needed = new LinkedHashMap<String, Reading>();
        needed.put("arrivals", seen.traffic().arrived());
        needed.put("the length of the window", seen.windowSeconds());
        needed.put("prompt lengths", seen.traffic().inputTokensMean());
        needed.put("answer lengths", seen.traffic().outputTokensMean());
        needed.put("prefill replicas", seen.prefill().ready());
        needed.put("decode replicas", seen.decode().ready());
        for (var each : needed.entrySet()) {
            String what = each.getKey();
            String why = why(each.getValue());
            if (!why.isEmpty()) {
                boolean prefill = what.startsWith("pr");
                into.add(
                        new Finding(
                                prefill ? Source.PREFILL : Source.DECODE,
                                "all",
                                Check.READY,
                                Verdict.FAULT,
                                "recommend cannot tell %s".formatted(what),
                                why));
                return;
            }
        }
    }

    /// Counts of one flow that differ so that `recommend` holds.
    private static void contradicting(List<Finding> into, Snapshot seen) {
        for (var note : seen.traffic().flow().notes()) {
            if (note.holds()) {
                into.add(
                        new Finding(
                                Source.DECODE,
                                "all",
                                Check.READY,
                                Verdict.FAULT,
                                "counts of one flow differ (%s)".formatted(note.kind().label()),
                                note.text()));
            }
        }
    }

    /// Why a reading is none; empty when it is one, or would be with requests.
    private static String why(Reading reading) {
        return switch (reading) {
            case Reading.Unknown(String why) -> why;
            case Reading.Stale(double age) ->
                    String.format(
                            Locale.ROOT,
                            "the latest data is %.0f s old; --window %.0fm may help",
                            age,
                            Math.ceil(age / 60 + 1));
            default -> "";
        };
    }
}
