package dev.ratematch.controller.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecedentsTest {

    private static final double SECONDS = 15;

    private static Window window(double atSeconds, double input, double output) {
        return new Window(atSeconds, SECONDS, 300, input, 0.5, input, output, 0.6, 1, 0, 0, 0);
    }

    /// Windows of one kind, after others.
    private static List<Window> then(List<Window> past, int count, double input, double output) {
        var all = new ArrayList<>(past);
        for (int i = 0; i < count; i++) {
            double at = all.isEmpty() ? SECONDS : all.getLast().atSeconds() + SECONDS;
            all.add(window(at, input, output));
        }
        return all;
    }

    private static Precedents learnt(List<Window> windows) {
        var known = Precedents.NONE;
        for (int i = 1; i <= windows.size(); i++) {
            known = known.saw(windows.subList(Math.max(0, i - Estimator.MEMORY), i));
        }
        return known;
    }

    private static final List<Window> CODE = then(List.of(), 20, 2300, 32);
    private static final List<Window> REASONING = then(CODE, 20, 450, 2200);

    private static double answers(Precedents known, Window seen, List<Window> past) {
        return known.applied(seen, past).outputTokens();
    }

    @Test
    void where_traffic_turns_to_prompts_that_are_known_so_are_their_answers() {
        var known = learnt(REASONING);
        var back = window(REASONING.getLast().atSeconds() + SECONDS, 2250, 560);

        assertThat(answers(known, back, REASONING)).isCloseTo(40, within(3.0));
        assertThat(known.applied(back, REASONING).inputTokens()).isEqualTo(2250);
        assertThat(answers(learnt(CODE.subList(0, 13)), back, REASONING))
                .as("not seen for long enough")
                .isEqualTo(560);
    }

    @Test
    void prompts_that_were_never_there_have_the_answers_that_are_seen() {
        var other = window(REASONING.getLast().atSeconds() + SECONDS, 9000, 560);
        assertThat(answers(learnt(REASONING), other, REASONING)).isEqualTo(560);
    }

    @Test
    void what_is_seen_counts_ever_more_and_at_last_alone() {
        var known = learnt(REASONING);
        double before = 0;
        for (int windows = 0; windows < 11; windows++) {
            var past = then(REASONING, windows, 2300, 300);
            double told =
                    answers(known, window(past.getLast().atSeconds() + SECONDS, 2300, 300), past);
            assertThat(told).isGreaterThan(before).isLessThan(300);
            before = told;
        }
        var past = then(REASONING, 11, 2300, 300);
        assertThat(answers(known, window(past.getLast().atSeconds() + SECONDS, 2300, 300), past))
                .isEqualTo(300);
    }

    @Test
    void prompts_of_one_length_with_answers_of_two_tell_nothing() {
        var both = then(REASONING, 20, 2300, 400);
        var again = then(both, 20, 450, 2200);
        var back = window(again.getLast().atSeconds() + SECONDS, 2300, 560);
        assertThat(answers(learnt(again), back, again)).isEqualTo(560);
    }

    @Test
    void the_rarest_kind_makes_room() {
        List<Window> windows = List.of();
        for (int kind = 0; kind < 12; kind++) {
            windows = then(windows, kind == 0 ? 40 : 20, 100 * Math.pow(1.6, kind), 50);
        }
        var known = learnt(windows).seen();
        assertThat(known).hasSize(8);
        assertThat(known.getFirst().inputTokens()).isCloseTo(100, within(1.0));
    }
}
