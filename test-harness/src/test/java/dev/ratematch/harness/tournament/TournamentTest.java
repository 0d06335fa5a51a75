package dev.ratematch.harness.tournament;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.scenario.Scenario;
import dev.ratematch.harness.scenario.Scenario.Kind;
import dev.ratematch.harness.scenario.Scenario.Scaling;
import dev.ratematch.harness.scenario.Site;
import dev.ratematch.harness.scenario.Traffic;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TournamentTest {

    private static final List<String> POLICIES =
            List.of(
                    Policies.BOUND,
                    Policies.ORACLE,
                    Policies.STATIC_BEST,
                    Policies.RIGHT_SIZED,
                    Policies.OURS,
                    "proportional",
                    Policies.DEADLINE);

    @TempDir private Path folder;

    private Setting setting = new Setting(Path.of("no-traces-here"), Tuning.DEFAULT, 3, 1);

    private static Scenario tiny(String name, Traffic traffic) {
        return new Scenario(
                name,
                Kind.SHIFTING,
                "Prompts, then answers.",
                traffic,
                Scaling.EACH_PIECE,
                0.5,
                new Slo(2, 0.03, 95),
                Site.of(8),
                List.of());
    }

    private static Scenario tiny() {
        return tiny(
                "tiny",
                new Traffic.Made(
                        List.of(
                                Phase.of("prompts", 240, new Bounds(3000, 6000), new Bounds(5, 50)),
                                Phase.of(
                                        "answers",
                                        240,
                                        new Bounds(100, 400),
                                        new Bounds(500, 2000)))));
    }

    private Standings run(List<Scenario> scenarios, List<String> policies)
            throws InterruptedException {
        return new Tournament(setting, folder, Progress.NONE)
                .run(scenarios, List.of(1L, 2L), policies);
    }

    private Map<Path, FileTime> files() throws IOException {
        var times = new TreeMap<Path, FileTime>();
        try (var walk = Files.walk(folder)) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    @Test
    void what_was_run_is_not_run_again_and_another_law_runs_only_what_depends_on_it()
            throws Exception {
        var first = run(List.of(tiny()), POLICIES);
        var written = files();
        assertThat(written).hasSize(2 * POLICIES.size());
        var second = run(List.of(tiny()), POLICIES);
        assertThat(second.cells()).isEqualTo(first.cells());
        assertThat(files()).isEqualTo(written);
        setting = setting.with(Tuning.DEFAULT.with(Option.DEMAND_MARGIN, 0.5));
        run(List.of(tiny()), POLICIES);
        var more = files();
        assertThat(more.entrySet()).containsAll(written.entrySet());
        more.keySet().removeAll(written.keySet());
        assertThat(more.keySet())
                .hasSize(4)
                .allMatch(f -> f.getFileName().toString().startsWith("ratematch"));
    }

    @Test
    void nobody_who_moves_beats_the_oracle_and_regret_is_the_distance_to_it() throws Exception {
        var scenario = tiny();
        var standings = run(List.of(scenario), POLICIES);
        for (int seed = 0; seed < 2; seed++) {
            int oracle = standings.of(scenario, Policies.ORACLE).get(seed).good();
            var ours = standings.of(scenario, Policies.OURS).get(seed);
            assertThat(ours.good()).isLessThanOrEqualTo(oracle);
            assertThat(ours.phases()).hasSize(2);
            assertThat(standings.of(scenario, "proportional").get(seed).good())
                    .isLessThanOrEqualTo(oracle);
            assertThat(standings.of(scenario, Policies.BOUND).get(seed).good())
                    .isGreaterThanOrEqualTo(oracle);
        }
        double regret =
                standings.mean(scenario, Policies.ORACLE, Cell::goodPercent)
                        - standings.mean(scenario, Policies.OURS, Cell::goodPercent);
        assertThat(standings.meanRegret(Policies.OURS).orElseThrow())
                .isCloseTo(regret, within(1e-9));
        assertThat(new Tables(standings).markdown())
                .contains("### tiny", "| `oracle` |", "| `static-right-sized` |", "seeds 1, 2");
    }

    @Test
    void a_scenario_whose_trace_is_not_there_is_said() throws Exception {
        var lost = tiny("lost", new Traffic.Recorded("lost.csv", 0, 10));
        assertThat(new Tables(run(List.of(lost), POLICIES)).markdown())
                .contains("`lost` was not run: lost.csv is not in the folder of traces.");
    }

    @Test
    void each_option_is_switched_off_halved_and_doubled_within_its_range() {
        var changes = Ablation.changes(Tuning.DEFAULT);
        for (var option : Option.values()) {
            assertThat(changes.stream().filter(c -> c.option() == option))
                    .as(option.key())
                    .isNotEmpty()
                    .allMatch(c -> c.value() != option.usual());
        }
        changes.forEach(c -> c.option().checked(c.option().key(), c.value()));
    }

    @Test
    void replicas_that_change_their_role_stand_beside_those_that_are_scaled() throws Exception {
        var standings =
                run(List.of(tiny()), List.of(Policies.ORACLE, Policies.OURS, Policies.SWITCHING));
        double scaled = standings.mean(tiny(), Policies.OURS, Cell::goodPercent);
        assertThat(standings.mean(tiny(), Policies.SWITCHING, Cell::goodPercent))
                .isGreaterThan(scaled);
        assertThat(new Tables(standings).markdown())
                .contains(
                        "### Role switch",
                        "| scenario | oracle, % | `ratematch` | `ratematch+switch` |",
                        "| requests lost | | 0 | 0 |");
    }
}
