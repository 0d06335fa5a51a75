package dev.ratematch.controller.telemetry.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.Identity.Member;
import dev.ratematch.controller.telemetry.Identity.State;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.costmodel.text.Look;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadCountTest {

    private static final Identity IDENTITY =
            new Identity(
                    List.of(
                            new Member(Source.DECODE, "a:1", "a", "llm/a", State.READ),
                            new Member(Source.DECODE, "a:http", "a", "llm/a", State.DOUBLED),
                            new Member(Source.DECODE, "b:1", "b", "llm/b", State.SILENT),
                            new Member(Source.DECODE, "c:1", "", "", State.HEADLESS)),
                    List.of("noted"),
                    List.of());

    @Test
    void countsTargetsPodsAndReplicasOfARole() {
        var lines = HeadCount.text(IDENTITY).lines().toList();

        assertThat(lines.get(1)).containsSubsequence("role", "targets", "pods", "replicas", "GPUs");
        assertThat(lines.get(2)).matches("decode +4 +2 +2 +2 x those of --decode-parallel");
        assertThat(lines)
                .contains(
                        "          llm/a: a:1, a:http (the same again)",
                        "          llm/b: b:1 (does not answer)",
                        "          no replica: c:1 (has never answered)");
    }

    @Test
    void isPartOfTheReport() {
        var report = new DoctorReport("here", List.of(), IDENTITY, IDENTITY.notes());

        assertThat(report.text(Look.PLAIN, false))
                .contains("--decode-parallel")
                .contains("note: noted");
        assertThat(report.json().at("/targets/1/state").asText()).isEqualTo("doubled");
        assertThat(
                        new DoctorReport("here", List.of(), Identity.NOTHING, List.of())
                                .text(Look.PLAIN, false))
                .doesNotContain("replicas");
    }
}
