package dev.ratematch.harness.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.harness.http.LivePlant;
import dev.ratematch.harness.judge.Ratematch;
import dev.ratematch.harness.scenario.Scenario;
import dev.ratematch.harness.scenario.Scenarios;
import dev.ratematch.harness.traffic.Window;
import java.nio.file.Path;
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
