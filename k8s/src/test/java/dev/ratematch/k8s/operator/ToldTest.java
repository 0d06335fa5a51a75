package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.publish.Recommended;
import dev.ratematch.k8s.api.RateMatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a process tells followers of RateMatchers that another one decides for.
class ToldTest {

    private static final Instant AT = Instant.parse("2026-11-01T00:00:10Z");

    private final Recommendations own = new Recommendations();
    private final Told told = new Told(own);

    private static RateMatcher matcher(String reason) {
        return Serialization.unmarshal(
                """
                metadata: {name: chat, namespace: llm}
                status:
                  observed: {at: "%s"}
                  recommendation:
                    {prefillReplicas: 2, decodeReplicas: 3, prefillReplicasAtEnd: 2,
                     decodeReplicasAtEnd: 5, reason: %s, text: as it is}
                """
                        .formatted(AT, reason),
                RateMatcher.class);
    }

    private Recommended said() {
        return told.all().find("llm", "chat").orElseThrow();
    }

    @Test
    void whoStandsByTellsWhatTheLeaderWroteAndHowOldItIs() {
        told.read(List.of(matcher("MOVE_IN_PROGRESS")));

        assertThat(said())
                .isEqualTo(
                        new Recommended("llm", "chat", 2, 3, 2, 5, AT, true, "MOVE_IN_PROGRESS"));
    }

    @Test
    void aStatusThatTellsNoCountsIsUnknownAndNotZero() {
        told.read(List.of(matcher("TELEMETRY_UNKNOWN")));
        assertThat(told.all().find("llm", "chat")).isEmpty();
        assertThat(told.all().waiting("llm", "chat")).isPresent();

        told.read(List.of(matcher("ALREADY_MATCHED")));
        told.read(List.of(matcher("TELEMETRY_UNKNOWN")));
        assertThat(said().fresh()).isFalse();
        assertThat(said().decodeNow()).isEqualTo(3);
        assertThat(said().at()).isEqualTo(AT);
    }

    @Test
    void whatItHasDecidedItselfGoesFirst() {
        var mine = new Recommended("llm", "chat", 1, 1, 1, 1, AT.plusSeconds(5), true, "IDLE");
        told.read(List.of(matcher("MOVE_IN_PROGRESS")));
        own.publish(mine);
        told.read(List.of(matcher("MOVE_IN_PROGRESS")));

        assertThat(said()).isEqualTo(mine);
        own.remove("llm", "chat");
        assertThat(told.all().find("llm", "chat")).isEmpty();
    }

    @Test
    void whatIsGoneIsForgotten() {
        told.read(List.of(matcher("MOVE_IN_PROGRESS")));
        told.read(List.of());

        assertThat(told.all().find("llm", "chat")).isEmpty();
    }
}
