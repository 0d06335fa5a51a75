package dev.ratematch.controller.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.Spent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SwitchMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CycleMetrics cycles = new CycleMetrics(registry);

    @Test
    void switchesAreCountedByResultAndTimedByThePhasesTheyWentThrough() {
        cycles.switched("ml", "chat", Result.SWITCHED, new Spent(0.5, 12, 3, 1, 0));
        cycles.switched("ml", "chat", Result.SWITCHED, new Spent(0.5, 8, 3, 1, 0));
        cycles.switched("ml", "chat", Result.REFUSED, new Spent(0.5, 0, 0, 0, 2));

        assertThat(count("switched")).isEqualTo(2);
        assertThat(count("refused")).isOne();
        assertThat(seconds("draining")).isEqualTo(20);
        assertThat(seconds("restoring")).isEqualTo(2);
        assertThat(registry.get(SwitchMetrics.PHASE).tag("phase", "draining").timer().count())
                .isEqualTo(2);
    }

    @Test
    void theTimeOutOfBothRolesIsThatOfTheLastLookAndGoesWithItsRateMatcher() {
        cycles.away("ml", "chat", 42, 300);
        cycles.away("ml", "chat", 43, 300);
        assertThat(registry.get(SwitchMetrics.OUT).gauge().value()).isEqualTo(43);
        assertThat(registry.get(SwitchMetrics.ALLOWANCE).gauge().value()).isEqualTo(300);

        cycles.remove("ml", "chat");
        assertThat(registry.getMeters()).isEmpty();
    }

    private double count(String result) {
        return registry.get(SwitchMetrics.SWITCHES).tag("result", result).counter().count();
    }

    private double seconds(String phase) {
        return registry.get(SwitchMetrics.PHASE)
                .tag("phase", phase)
                .timer()
                .totalTime(TimeUnit.SECONDS);
    }
}
