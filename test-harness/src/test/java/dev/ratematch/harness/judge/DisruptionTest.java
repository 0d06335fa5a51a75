package dev.ratematch.harness.judge;

import static dev.ratematch.harness.judge.Trials.GPUS;
import static dev.ratematch.harness.judge.Trials.SLO;
import static dev.ratematch.harness.judge.Trials.episode;
import static dev.ratematch.harness.judge.Trials.turning;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.Episode.Pair;
import dev.ratematch.harness.judge.Timetable.Entry;
import dev.ratematch.harness.plant.Clients;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisruptionTest {

    private static final Pair EVEN = new Pair(2, 2);

    private static Episode meeting(Disruption... faults) {
        var usual = episode(turning());
        return new Episode(
                usual.plant(),
                usual.trace(),
                SLO,
                usual.cycleSeconds(),
                new Circumstances(Clients.PATIENT, List.of(faults)));
    }

    /// One that has another mind at every look.
    private static Policy restless() {
        return new WindowPolicy() {
            @Override
            public String name() {
                return "restless";
            }

            @Override
            public Command decide(View view) {
                int prefill = 1 + (int) (view.atSeconds() / 15) % 2;
                return new Command(prefill, 4 - prefill, "");
            }
        };
    }

    @Test
    void a_lost_host_takes_its_replicas_along() {
        var outcome =
                meeting(new Disruption.HostLost(100, 0)).run(new StaticPolicy(EVEN), EVEN, _ -> {});
        for (var point : outcome.timeline()) {
            int ready = point.prefillReadyGpus() + point.decodeReadyGpus();
            assertThat(ready)
                    .as("at %s s", point.atSeconds())
                    .isEqualTo(point.atSeconds() < 100 ? GPUS : 0);
        }
    }

    @Test
    void without_room_new_replicas_start_only_when_there_is_some_again() {
        var move = new Timetable(List.of(new Entry(15, new Pair(3, 1))));
        var freely = meeting().run(move, EVEN, _ -> {});
        var outcome = meeting(new Disruption.NoRoom(10, 400)).run(move, EVEN, _ -> {});
        assertThat(mostPrefill(freely, 390)).isEqualTo(6);
        assertThat(mostPrefill(outcome, 390)).isEqualTo(4);
        assertThat(mostPrefill(outcome, 600)).isEqualTo(6);
    }

    private static int mostPrefill(Outcome outcome, double until) {
        return outcome.timeline().stream()
                .filter(p -> p.atSeconds() <= until)
                .mapToInt(Outcome.Point::prefillReadyGpus)
                .max()
                .orElseThrow();
    }

    @Test
    void without_telemetry_a_peer_holds_and_who_foresees_does_not() {
        var blind = meeting(new Disruption.TelemetryGone(100, 300));
        for (var point : blind.run(restless(), EVEN, _ -> {}).timeline()) {
            boolean gone = point.atSeconds() > 100 && point.atSeconds() < 300;
            assertThat(gone && !point.note().isEmpty()).isFalse();
        }
        var moves = blind.run(restless(), EVEN, _ -> {}).moves();
        assertThat(moves).isLessThan(meeting().run(restless(), EVEN, _ -> {}).moves());
        var timetable = new Timetable(List.of(new Entry(200, new Pair(1, 3))));
        assertThat(blind.run(timetable, EVEN, _ -> {}).moves()).isEqualTo(1);
    }

    @Test
    void nobody_commands_more_than_a_budget_that_was_cut() {
        var outcome =
                meeting(new Disruption.BudgetCut(200, 4))
                        .run(new StaticPolicy(EVEN), EVEN, _ -> {});
        for (var point : outcome.timeline()) {
            int replicas = point.prefill() + point.decode();
            assertThat(replicas).isEqualTo(point.atSeconds() < 200 ? 4 : 2);
        }
    }

    @Test
    void counters_begin_again_and_requests_go_on() {
        var exposed = new ExposedCluster(episode(turning()).plant(), turning());
        exposed.cluster().scale(Role.PREFILL, 2);
        exposed.cluster().scale(Role.DECODE, 2);
        exposed.cluster().runUntil(100 * Trials.SECOND);
        int inside = exposed.cluster().inside();
        assertThat(served(exposed)).isPositive();
        exposed.resetCounters();
        assertThat(served(exposed)).isZero();
        assertThat(exposed.cluster().inside()).isEqualTo(inside);
    }

    private static double served(ExposedCluster exposed) {
        var sum = new double[1];
        exposed.scrape(
                Role.PREFILL,
                (_, body) ->
                        body.lines()
                                .filter(l -> l.startsWith("vllm:prompt_tokens_total"))
                                .forEach(
                                        l ->
                                                sum[0] +=
                                                        Double.parseDouble(
                                                                l.substring(l.lastIndexOf(' ')))));
        return sum[0];
    }

    @Test
    void a_run_that_nobody_scrapes_is_the_same_run() {
        var seen =
                new Policy() {
                    @Override
                    public String name() {
                        return "static-best";
                    }

                    @Override
                    public Command decide(View view) {
                        return new Command(2, 2, "");
                    }
                };
        var one = meeting().run(seen, EVEN, _ -> {});
        var other = meeting().run(new StaticPolicy(EVEN), EVEN, _ -> {});
        assertThat(one.timeline()).isEqualTo(other.timeline());
        assertThat(one.good()).isEqualTo(other.good());
    }
}
