package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Ratematch;
import dev.ratematch.harness.plant.FleetView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LivePlantTest {

    private static final double CYCLE_SECONDS = 15;
    private static final Episode.Pair START = new Episode.Pair(5, 3);

    private final Episode episode =
            new Episode(Shows.plant(), Shows.trace(), Shows.SLO, CYCLE_SECONDS);

    private static final class Watcher implements LivePlant.Audience {
        final List<Cycle> cycles = new ArrayList<>();
        final List<Double> frames = new ArrayList<>();

        @Override
        public void frame(double atSeconds, FleetView prefill, FleetView decode) {
            frames.add(atSeconds);
        }

        @Override
        public void cycle(Cycle cycle) {
            cycles.add(cycle);
        }
    }

    private Outcome live(double speed, List<JournalEntry> journal, LivePlant.Audience audience) {
        var service = Shows.service();
        try (var plant =
                new LivePlant(
                        service.spec(),
                        service.laws(),
                        CYCLE_SECONDS,
                        speed,
                        journal::add,
                        audience)) {
            return episode.run(plant, START, plant, _ -> {});
        }
    }

    @Test
    void decidesOverHttpWhatItDecidesInProcess() {
        var service = Shows.service();
        var inProcess =
                episode.run(
                        new Ratematch(service.spec(), service.laws(), CYCLE_SECONDS, _ -> {}),
                        START,
                        _ -> {});
        var watcher = new Watcher();
        var journal = new ArrayList<JournalEntry>();

        var overHttp = live(Double.POSITIVE_INFINITY, journal, watcher);

        assertThat(overHttp).isEqualTo(inProcess);
        assertThat(overHttp.moves()).isPositive();
        assertThat(overHttp.dropped()).isZero();
        assertThat(watcher.cycles)
                .isEqualTo(journal.stream().map(JournalEntry::cycle).toList())
                .hasSameSizeAs(overHttp.timeline());
        assertThat(journal).allSatisfy(entry -> assertThat(entry.commandErrors()).isEmpty());
    }

    @Test
    void pacesByTheWallClockAndDecidesTheSame() {
        var slow = new Watcher();
        long began = System.nanoTime();
        var paced = live(400, new ArrayList<>(), slow);
        double seconds = (System.nanoTime() - began) / 1e9;

        var fast = live(Double.POSITIVE_INFINITY, new ArrayList<>(), LivePlant.Audience.NONE);

        assertThat(paced).isEqualTo(fast);
        assertThat(seconds).isGreaterThan(600.0 / 400);
        assertThat(slow.frames).isSorted();
    }

    @Test
    void refusesASpeedThatIsNone() {
        assertThatThrownBy(() -> live(0, new ArrayList<>(), LivePlant.Audience.NONE))
                .hasMessageContaining("speed (0.0)");
    }
}
