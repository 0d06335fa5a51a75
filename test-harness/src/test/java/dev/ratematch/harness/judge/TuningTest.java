package dev.ratematch.harness.judge;

import static dev.ratematch.harness.judge.Trials.episode;
import static dev.ratematch.harness.judge.Trials.turning;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.harness.judge.Episode.Pair;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TuningTest {

    @Test
    void the_best_static_split_is_the_best_of_every_pair() {
        var episode = episode(turning());
        var found = new Tuning(episode).staticBest(_ -> {});
        int most = 0;
        for (int p = 1; p <= 3; p++) {
            for (int d = 1; p + d <= 4; d++) {
                var pair = new Pair(p, d);
                most = Math.max(most, episode.run(new StaticPolicy(pair), pair, _ -> {}).good());
            }
        }
        assertThat(found.good()).isEqualTo(most).isPositive();
        assertThat(episode.fullPairs())
                .containsExactly(new Pair(1, 3), new Pair(2, 2), new Pair(3, 1));
    }

    @Test
    void a_run_is_given_up_only_when_it_cannot_reach_what_is_needed() {
        var episode = episode(turning());
        var pair = new Pair(1, 3);
        var whole = episode.run(new StaticPolicy(pair), pair, _ -> {});
        assertThat(episode.run(new StaticPolicy(pair), pair, whole::good, _ -> {}))
                .isEqualTo(whole);
        assertThat(episode.run(new StaticPolicy(pair), pair, whole::offered, _ -> {})).isNull();
    }

    @Test
    void of_equal_candidates_the_first_is_kept_and_of_others_the_better() {
        var tuning = new Tuning(episode(turning()));
        var start = new Pair(3, 1);
        Supplier<Policy> worse = () -> new StaticPolicy(new Pair(1, 1));
        Supplier<Policy> better = () -> new StaticPolicy(start);
        Supplier<Policy> equal = () -> new Judge.Renamed("equal", better.get());
        var best = tuning.best(List.of(worse, better, equal), start, 0, _ -> {});
        assertThat(best.targets()).isEqualTo(better.get().targets());
        assertThat(best.policy()).isEqualTo(better.get().name());
    }
}
