package dev.ratematch.controller.guard;

import static dev.ratematch.controller.sample.Samples.UNKNOWN;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FreshnessTest {

    /// Heard at 100 s.
    private static Snapshot at(double seconds, Reading output) {
        double age = seconds - 100;
        return snapshot(
                seconds,
                pool(FleetCounts.steady(1), 0, 1),
                pool(FleetCounts.steady(1), 0, 1),
                traffic(new Reading.Value(300, age), new Reading.Value(3000, age), output));
    }

    @Test
    void the_same_scrape_seen_again_is_pending_and_no_news() {
        var again = at(115, new Reading.Value(300, 15));
        assertThat(Freshness.heardSeconds(again, null)).isEqualTo(100);
        assertThat(Freshness.news(again, 90.0)).isTrue();
        assertThat(Freshness.pending(again, 90.0)).isFalse();
        assertThat(Freshness.news(again, 100.0)).isFalse();
        assertThat(Freshness.pending(again, 100.0)).isTrue();
    }

    @Test
    void what_failed_or_cannot_be_read_is_not_just_pending() {
        assertThat(Freshness.pending(at(115, UNKNOWN), 100.0)).isFalse();
        assertThat(Freshness.pending(at(115, new Reading.Stale(500)), 100.0)).isFalse();
        var good = at(115, new Reading.Value(300, 15));
        var warned =
                new Snapshot(
                        good.atSeconds(),
                        good.windowSeconds(),
                        good.prefill(),
                        good.decode(),
                        good.traffic(),
                        List.of("Prometheus answers HTTP 502"));
        assertThat(Freshness.pending(warned, 100.0)).isFalse();
    }

    @Test
    void whereAllIsRefusedNobodyIdles() {
        var none = new Reading.NoTraffic();
        var u = UNKNOWN;
        var traffic =
                new TrafficReading(
                        Reading.of(450),
                        false,
                        Reading.of(0),
                        Reading.of(450),
                        none,
                        u,
                        u,
                        none,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of());
        var pool = pool(FleetCounts.steady(1), 0, 1);
        var refused = snapshot(115, pool, pool, traffic);

        assertThat(Freshness.idle(refused)).isFalse();
        assertThat(Freshness.readable(refused, Reason.TELEMETRY_UNKNOWN)).isFalse();
        assertThat(Freshness.missing(refused, null)).contains("450 were refused");
    }

    @Test
    void whoeverIdlesCanBeReadAndAnOpenMoveHidesNoGap() {
        var idle = at(115, new Reading.NoTraffic());
        assertThat(Freshness.readable(idle, Reason.TELEMETRY_UNKNOWN)).isTrue();
        assertThat(Freshness.idle(idle)).isTrue();
        var good = at(115, new Reading.Value(300, 15));
        assertThat(Freshness.readable(good, Reason.MOVE_IN_PROGRESS)).isTrue();
        assertThat(Freshness.readable(good, Reason.TELEMETRY_UNKNOWN)).isFalse();
        assertThat(Freshness.readable(good, Reason.FLEET_UNKNOWN)).isFalse();
        assertThat(Freshness.readable(at(115, UNKNOWN), Reason.MOVE_IN_PROGRESS)).isFalse();
    }
}
