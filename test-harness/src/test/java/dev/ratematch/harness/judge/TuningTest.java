package dev.ratematch.harness.judge;

import static dev.ratematch.harness.judge.Trials.episode;
import static dev.ratematch.harness.judge.Trials.turning;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.judge.Episode.Pair;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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
    void a_run_whose_answers_are_too_slow_is_given_up_before_they_have_ended() {
        var usual = episode(turning());
        var hasty = new Slo(2, 0.001, 95);
        var episode = new Episode(usual.plant(), usual.trace(), hasty, usual.cycleSeconds());
        var pair = new Pair(3, 1);
        var whole = episode.run(new StaticPolicy(pair), pair, _ -> {});
        assertThat(episode.run(new StaticPolicy(pair), pair, whole::good, _ -> {}))
                .isEqualTo(whole);
        double[] done = new double[1];
        int needed = whole.offered() / 2;
        assertThat(whole.good()).isLessThan(needed);
        assertThat(
                        episode.run(
                                new StaticPolicy(pair),
                                pair,
                                () -> needed,
                                share -> done[0] = share))
                .isNull();
        assertThat(done[0]).as("share of the episode").isBetween(0.1, 0.5);
    }

    @Test
    void who_needs_more_gpus_than_somebody_who_served_everybody_is_given_up() {
        var random = new SplittableRandom(5);
        var requests = new ArrayList<Request>();
        Trials.poisson(requests, random, 0, 600, 3, 500, 50);
        var episode = episode(new Trace("light", requests, 600 * Trials.SECOND));
        var start = new Pair(1, 1);
        var decided = new ArrayList<Double>();
        var lean = new StaticPolicy(start);
        var lavish =
                new WindowPolicy() {
                    @Override
                    public String name() {
                        return "lavish";
                    }

                    @Override
                    public Command decide(View view) {
                        decided.add(view.atSeconds());
                        return new Command(2, 2, "");
                    }
                };
        var alone = episode.run(lean, start, _ -> {});
        assertThat(alone.good()).isEqualTo(alone.offered());
        var best =
                new Tuning(episode, 1).best(List.of(() -> lean, () -> lavish), start, 0, _ -> {});
        assertThat(best).isEqualTo(alone);
        assertThat(decided.getLast()).isBetween(250.0, 400.0);
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
