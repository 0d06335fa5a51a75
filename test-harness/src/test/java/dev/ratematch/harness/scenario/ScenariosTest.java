package dev.ratematch.harness.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.harness.judge.PlantWork;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Segment;
import dev.ratematch.harness.traffic.Trace;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScenariosTest {

    private static final Path NOWHERE = Path.of("no-traces-here");
    private static final long SECOND = 1_000_000_000L;

    @Test
    void names_are_unique_and_only_recorded_traces_need_a_file() {
        var names = new HashSet<String>();
        for (var scenario : Scenarios.all()) {
            assertThat(names.add(scenario.name())).as(scenario.name()).isTrue();
            assertThat(scenario.playable(NOWHERE))
                    .as(scenario.name())
                    .isEqualTo(scenario.traffic().file().isEmpty());
        }
        assertThat(Scenarios.quick()).isNotEmpty().allMatch(s -> s.playable(NOWHERE));
    }

    /// Results are kept by this text, which must be the same in every process.
    @Test
    void the_text_of_a_scenario_holds_no_address() {
        for (var scenario : Scenarios.all()) {
            assertThat(scenario.toString()).as(scenario.name()).doesNotContain("@");
        }
    }

    @Test
    void traffic_is_brought_to_the_load_and_is_the_same_again() {
        for (var name : List.of("pool-8", "idle-night-8")) {
            var scenario = Scenarios.named(name);
            var plant = scenario.site().plant(1);
            var trace = scenario.trace(plant, 1, NOWHERE);
            double peak =
                    Collections.max(
                            RateScale.peaks(trace, new PlantWork(plant, scenario.slo())::gpus));
            assertThat(peak / plant.gpus()).as(name).isCloseTo(scenario.load(), within(0.08));
            assertThat(scenario.trace(plant, 1, NOWHERE).requests()).isEqualTo(trace.requests());
            assertThat(scenario.trace(plant, 2, NOWHERE).requests()).isNotEqualTo(trace.requests());
        }
    }

    @Test
    void nobody_comes_in_an_idle_night() {
        var scenario = Scenarios.named("idle-night-8");
        var trace = scenario.trace(scenario.site().plant(1), 1, NOWHERE);
        var night = trace.segments().get(1);
        assertThat(trace.requests()).isNotEmpty().noneMatch(r -> night.contains(r.arrivalNanos()));
    }

    @Test
    void clients_of_one_trace_keep_its_pieces_and_do_not_come_together() {
        var burst = new Request(10 * SECOND, 100, 10, Request.NONE);
        var answer = new Request(1500 * SECOND, 50, 900, Request.NONE);
        var one =
                new Trace(
                        "one",
                        List.of(burst, answer),
                        2000 * SECOND,
                        List.of(
                                new Segment("a", 0, 1000 * SECOND),
                                new Segment("b", 1000 * SECOND, 2000 * SECOND)));
        var many = Shifted.copies(one, List.of(20.0, 10.0), 7);
        assertThat(many.requests()).hasSize(30);
        for (var request : many.requests()) {
            boolean first = request.arrivalNanos() < 1000 * SECOND;
            assertThat(request.inputTokens()).isEqualTo(first ? 100 : 50);
        }
        assertThat(many.requests().stream().map(Request::arrivalNanos).distinct()).hasSize(30);
    }

    @Test
    void a_site_is_what_the_controller_is_not_told() {
        var usual = Site.of(8).plant(1);
        var slow = Site.of(8).slower(2, 1, 0.5).starting(240).holding(1000, 3).plant(1);
        assertThat(slow.prefill().steps().perToken())
                .isEqualTo(2 * usual.prefill().steps().perToken());
        assertThat(slow.decode().steps()).isEqualTo(usual.decode().steps());
        assertThat(slow.decode().kvTokens()).isEqualTo(1000);
        assertThat(slow.driftPerHour()).isEqualTo(0.5);
        assertThat(slow.startUp().loadSeconds()).isEqualTo(240);
        assertThat(slow.link().bytesPerSecondPerGpu()).isEqualTo(3e9);
    }
}
