package dev.ratematch.harness.judge;

import static dev.ratematch.harness.judge.Trials.GPUS;
import static dev.ratematch.harness.judge.Trials.SLO;
import static dev.ratematch.harness.judge.Trials.episode;
import static dev.ratematch.harness.judge.Trials.turning;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.harness.judge.Episode.Pair;
import org.junit.jupiter.api.Test;

class PeersTest {

    private static final Pair EVEN = new Pair(2, 2);

    private static Outcome run(Policy policy) {
        return episode(turning()).run(policy, EVEN, _ -> {});
    }

    private static int most(Outcome outcome, double from, double to, boolean prefill) {
        return outcome.timeline().stream()
                .filter(p -> p.atSeconds() > from && p.atSeconds() <= to)
                .mapToInt(p -> prefill ? p.prefill() : p.decode())
                .max()
                .orElseThrow();
    }

    @Test
    void proportional_and_dopd_turn_the_whole_budget_to_where_the_work_is() {
        var plant = episode(turning()).plant();
        for (var policy :
                new Policy[] {
                    new Proportional(plant, SLO, EVEN, 1), new Dopd(plant, SLO, EVEN, 30, 1)
                }) {
            var outcome = run(policy);
            assertThat(most(outcome, 60, 300, true)).as(policy.name()).isEqualTo(3);
            assertThat(most(outcome, 400, 600, false)).as(policy.name()).isEqualTo(3);
            for (var point : outcome.timeline()) {
                assertThat(2 * (point.prefill() + point.decode())).isEqualTo(GPUS);
            }
        }
    }

    @Test
    void saturation_adds_one_where_a_queue_is_and_takes_one_where_nothing_is() {
        var outcome = run(new Saturation(episode(turning()).plant(), EVEN, 0.5, 30));
        assertThat(most(outcome, 60, 300, true)).isGreaterThan(2);
        var before = EVEN;
        for (var point : outcome.timeline()) {
            assertThat(Math.abs(point.prefill() - before.prefill())).isLessThanOrEqualTo(1);
            assertThat(Math.abs(point.decode() - before.decode())).isLessThanOrEqualTo(1);
            assertThat(2 * (point.prefill() + point.decode())).isLessThanOrEqualTo(GPUS);
            before = new Pair(point.prefill(), point.decode());
        }
    }

    @Test
    void every_peer_runs_by_its_name() {
        var peers = new Peers(episode(Trials.turning().window(0, 120 * Trials.SECOND)), 1);
        for (var name : Peers.NAMES) {
            assertThat(peers.run(name, EVEN, EVEN, Progress.NONE).policy()).isEqualTo(name);
        }
    }
}
