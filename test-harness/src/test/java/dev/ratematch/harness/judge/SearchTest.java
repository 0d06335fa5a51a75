package dev.ratematch.harness.judge;

import static dev.ratematch.harness.judge.Trials.SECOND;
import static dev.ratematch.harness.judge.Trials.episode;
import static dev.ratematch.harness.judge.Trials.turning;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.harness.judge.Episode.Pair;
import dev.ratematch.harness.judge.Timetable.Entry;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SearchTest {

    private static Trace light() {
        var requests = new ArrayList<Request>();
        Trials.poisson(requests, new SplittableRandom(5), 0, 300, 6, 1000, 100);
        return new Trace("light", requests, 300 * SECOND);
    }

    @Test
    void the_right_size_is_what_serves_as_well_with_fewest_gpus() {
        var search = new StaticSearch(episode(light()));
        var best = search.best(null);
        var fewest = search.rightSized(best);
        assertThat(StaticSearch.split(fewest)).isEqualTo(new Pair(1, 1));
        assertThat(fewest.good()).isGreaterThanOrEqualTo(best.good() - best.offered() / 1000);
        assertThat(fewest.gpuHours()).isLessThan(best.gpuHours());
    }

    @Test
    void the_best_split_is_the_same_wherever_the_search_begins() {
        var search = new StaticSearch(episode(turning()));
        assertThat(search.best(new Pair(1, 3)).good())
                .isEqualTo(search.best(new Pair(3, 1)).good());
        assertThat(search.best(null).good())
                .isEqualTo(new Tuning(episode(turning())).staticBest(_ -> {}).good());
    }

    @Test
    void a_timetable_is_found_that_beats_standing_still_and_the_even_split() {
        var episode = episode(turning());
        var even = episode.evenPair();
        assertThat(even).isEqualTo(new Pair(2, 2));
        var still = new StaticSearch(episode).best(null);
        var found =
                new TimetableSearch(episode, even).search(List.of(), StaticSearch.split(still), 10);
        var staying = episode.run(new Timetable(List.of()), even, _ -> {});
        assertThat(staying.moves()).isZero();
        assertThat(found.good()).isGreaterThan(staying.good()).isGreaterThan(still.good());
        assertThat(episode.run(Timetable.of(found, even), even, _ -> {}).good())
                .as("the commands are enough to run it again")
                .isEqualTo(found.good());
    }

    @Test
    void a_search_that_is_shown_a_timetable_is_no_worse_than_it() {
        var episode = episode(turning());
        var even = episode.evenPair();
        var shown = new Timetable(List.of(new Entry(15, new Pair(3, 1)), new Entry(285, even)));
        int good = episode.run(shown, even, _ -> {}).good();
        var found = new TimetableSearch(episode, even).search(List.of(shown), even, 0);
        assertThat(found.good()).isEqualTo(good);
    }

    @Test
    void requests_past_saving_are_late_and_were_still_waiting() {
        var episode = episode(turning());
        var starved = episode.run(new StaticPolicy(new Pair(1, 1)), new Pair(1, 1), _ -> {});
        assertThat(starved.pastSaving())
                .isPositive()
                .isLessThanOrEqualTo(starved.offered() - starved.good());
        var enough = episode(light());
        assertThat(
                        enough.run(new StaticPolicy(new Pair(2, 2)), new Pair(2, 2), _ -> {})
                                .pastSaving())
                .isZero();
    }

    @Test
    void two_timetables_that_command_the_same_at_every_cycle_are_run_once() {
        var episode = episode(turning());
        var even = episode.evenPair();
        var one = new Timetable(List.of(new Entry(16, new Pair(3, 1)), new Entry(300, even)));
        var same =
                new Timetable(
                        List.of(
                                new Entry(17, new Pair(1, 3)),
                                new Entry(30, new Pair(3, 1)),
                                new Entry(60, new Pair(3, 1)),
                                new Entry(290, even)));
        var later = new Timetable(List.of(new Entry(30.1, new Pair(3, 1)), new Entry(300, even)));
        assertThat(same.byCycle(15)).isEqualTo(one.byCycle(15)).isNotEqualTo(later.byCycle(15));
        assertThat(episode.run(same, even, _ -> {})).isEqualTo(episode.run(one, even, _ -> {}));
        var search = new TimetableSearch(episode, even);
        search.search(List.of(one, same, later), even, 0);
        assertThat(search.runs()).isEqualTo(2);
    }
}
