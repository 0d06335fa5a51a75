package dev.ratematch.controller.telemetry.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import dev.ratematch.costmodel.text.Look;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Faults first, pods together, and no wider than the terminal.
class DoctorTextTest {

    private static final String LONG =
            "requests in execution; requests that wait, those that wait for KV included; input"
                    + " lengths; time to first token within this pod";

    private static DoctorReport report() {
        var findings = new ArrayList<Finding>();
        for (int i = 0; i < 6; i++) {
            String pod = "llm-prefill-%d (10.0.0.%d:8000)".formatted(i, i);
            findings.add(new Finding(Source.PREFILL, pod, Check.PRESENT, Verdict.GOOD, LONG, ""));
            findings.add(
                    new Finding(Source.PREFILL, pod, Check.FRESH, Verdict.GOOD, "5 s old", ""));
            findings.add(
                    new Finding(
                            Source.PREFILL,
                            pod,
                            Check.UNIT,
                            Verdict.FAULT,
                            "share of KV in use is in percent",
                            "name the series that is a share by --metric kv-used=NAME"));
        }
        return new DoctorReport("here", findings, Identity.NOTHING, List.of());
    }

    @Test
    void whatHasToBeChangedComesFirstAndOnceForAllPods() {
        var lines = report().text(Look.PLAIN, false).lines().toList();
        assertThat(lines.get(1))
                .contains("llm-prefill-0 (10.0.0.0:8000), llm-prefill-1 (10.0.0.1:8000) and 4 more")
                .contains("unit", "FAULT", "in percent");
        assertThat(lines.get(2)).contains("-> name the series");
        assertThat(lines.get(3))
                .startsWith("prefill")
                .contains("12 checks", "good", "present, fresh");
        assertThat(lines.stream().filter(line -> line.contains("FAULT"))).hasSize(1);
        assertThat(lines.getLast()).startsWith("6 faults in 18 checks of here");
    }

    @Test
    void verboseHasALineForEachCheckOfEachPod() {
        var lines = report().text(Look.PLAIN, true).lines().toList();
        assertThat(lines.stream().filter(line -> line.contains(" FAULT "))).hasSize(6);
        assertThat(lines.stream().filter(line -> line.contains(" good "))).hasSize(12);
        assertThat(lines.get(1)).contains("FAULT");
        assertThat(String.join(" ", lines)).contains(LONG);
    }

    @Test
    void nothingWraps() {
        for (int columns : new int[] {80, 120, 160, 200}) {
            for (boolean verbose : new boolean[] {false, true}) {
                assertThat(report().text(new Look(columns, false), verbose).lines())
                        .allMatch(line -> line.length() <= columns);
            }
        }
        assertThat(report().text(new Look(80, true), false)).contains("\033[31m");
    }
}
