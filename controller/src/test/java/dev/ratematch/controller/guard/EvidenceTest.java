package dev.ratematch.controller.guard;

import static dev.ratematch.controller.sample.Samples.UNKNOWN;
import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.load;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.prospect.Experience;
import dev.ratematch.controller.prospect.Need;
import dev.ratematch.controller.prospect.Prospect;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceTest {

    private static final Outlook OUTLOOK =
            new Outlook(
                    spec(32),
                    load(30),
                    new Capacity(spec(32), laws(), load(30)),
                    new Capacity(spec(32), laws(), load(30)),
                    new Demand(38, 38),
                    new Demand(30, 30),
                    60,
                    new Prospect(
                            spec(32),
                            new Need(2, 2),
                            30,
                            new Prospect.Waiting(0, 0),
                            Experience.NONE));

    private static Snapshot refusing(double requests) {
        return refusing(requests, 30);
    }

    private static Snapshot refusing(double requests, double running) {
        var u = UNKNOWN;
        var fast = Reading.of(0.01);
        var traffic =
                new TrafficReading(
                        Reading.of(900),
                        false,
                        u,
                        Reading.of(requests),
                        Reading.of(3000),
                        u,
                        u,
                        Reading.of(250),
                        u,
                        fast,
                        u,
                        fast,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of());
        return snapshot(
                60,
                pool(FleetCounts.steady(2), 0, 1),
                pool(FleetCounts.steady(2), 0, running),
                traffic);
    }

    @Test
    void requestsThatAreRefusedAreABrokenPromiseButForAFewThatHangUp() {
        assertThat(Evidence.promiseBroken(OUTLOOK, refusing(30))).isFalse();
        assertThat(Evidence.strained(OUTLOOK, refusing(30))).isFalse();
        assertThat(Evidence.promiseBroken(OUTLOOK, refusing(90))).isTrue();
        assertThat(Evidence.strained(OUTLOOK, refusing(90))).isTrue();
    }

    /// Two replicas of 256 sequences. At 400 of 512 the next burst finds no room, before anything
    /// waits or gets slow.
    @Test
    void decodeThatIsNearlyFullIsUnderStrain() {
        assertThat(Evidence.strained(OUTLOOK, refusing(0, 300))).isFalse();
        assertThat(Evidence.strained(OUTLOOK, refusing(0, 400))).isTrue();
        assertThat(Evidence.promiseBroken(OUTLOOK, refusing(0, 400))).isFalse();
    }
}
