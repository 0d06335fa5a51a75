package dev.ratematch.harness.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.harness.http.LivePlant;
import dev.ratematch.harness.judge.Ratematch;
import dev.ratematch.harness.plant.FleetView;
import dev.ratematch.harness.scenario.Scenario;
import dev.ratematch.harness.scenario.Scenarios;
import dev.ratematch.harness.traffic.Window;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The demo shows the judge's scenario: what is said of the one holds for the other.
class DemoSceneTest {

    private static final Path NOWHERE = Path.of("no-traces-here");

    private final Scenario judged = Scenarios.named("inversion-0.6");

    @Test
    void hasTheTrafficPlantPromiseAndStartOfTheJudge() {
        var scene = DemoScene.of(2, null);
        var episode = judged.episode(2, NOWHERE);

        assertThat(scene.episode().trace().requests()).isEqualTo(episode.trace().requests());
        assertThat(scene.episode().trace().segments()).isEqualTo(episode.trace().segments());
        assertThat(scene.episode().plant()).isEqualTo(episode.plant());
        assertThat(scene.episode().cycleSeconds()).isEqualTo(episode.cycleSeconds());
        assertThat(scene.start()).isEqualTo(episode.evenPair());
        assertThat(scene.service().spec())
                .isEqualTo(judged.service(judged.site().gpus(), Tuning.DEFAULT).spec());
        assertThat(scene.service().spec().slo()).isEqualTo(judged.slo());
    }

    @Test
    void saysByHowMuchEachSegmentIsMoreThanOneClients() {
        var scene = DemoScene.of(1, null);

        var factors = scene.scaled().factors();
        assertThat(factors).hasSize(3).allSatisfy(k -> assertThat(k).isGreaterThan(1));
        double together = 0;
        for (int i = 0; i < 3; i++) {
            var segment = scene.source().segments().get(i);
            long of =
                    scene.source().requests().stream()
                            .filter(r -> segment.contains(r.arrivalNanos()))
                            .count();
            together += of * factors.get(i);
        }
        assertThat(together).isCloseTo(scene.scaled().trace().requests().size(), within(0.5));
    }

    /// At each moment of its beginning, with moves and long reasons.
    @Test
    void theViewIsNoWiderThanTheTerminal() throws Exception {
        var scene = DemoScene.of(1, Window.parse("0s-150s"));
        var view =
                new DemoView(
                        scene.scaled().trace(),
                        scene.scenario().slo(),
                        scene.scenario().site().gpus(),
                        scene.service().spec().prefill().gpusPerReplica(),
                        "7P9D",
                        true);
        var seen = new ArrayList<String>();
        var audience =
                new LivePlant.Audience() {
                    @Override
                    public void frame(double at, FleetView prefill, FleetView decode) {
                        view.frame(at, prefill, decode);
                    }

                    @Override
                    public void cycle(Cycle cycle) {
                        view.cycle(cycle);
                        for (int columns : List.of(80, 120, 160, 200)) {
                            var lines = view.lines(new Look(columns, false));
                            assertThat(lines).allMatch(line -> line.length() <= columns);
                            assertThat(lines.size()).isLessThan(24);
                            seen.add(String.join("\n", lines));
                        }
                    }
                };

        var _ = scene.live(Double.POSITIVE_INFINITY, Journal.NONE, audience, _ -> {});

        assertThat(seen).hasSizeGreaterThan(20);
        assertThat(seen.getLast()).contains("last move 00:", "target ");
    }

    /// Enough of it for the first commands: the judge runs in process, the demo over HTTP.
    @Test
    void comesOutAsInTheJudge() {
        var scene = DemoScene.of(1, Window.parse("0s-150s"));
        var service = judged.service(judged.site().gpus(), Tuning.DEFAULT);
        var episode = judged.episode(judged.site().plant(1), scene.scaled().trace());
        var inProcess =
                episode.run(
                        new Ratematch(
                                service.spec(),
                                service.laws(),
                                Scenario.CYCLE_SECONDS,
                                Journal.NONE),
                        episode.evenPair(),
                        _ -> {});

        var live =
                scene.live(
                        Double.POSITIVE_INFINITY, Journal.NONE, LivePlant.Audience.NONE, _ -> {});

        assertThat(live).isEqualTo(inProcess);
        assertThat(live.moves()).isPositive();
    }
}
