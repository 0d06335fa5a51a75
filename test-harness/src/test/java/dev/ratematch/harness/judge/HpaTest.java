package dev.ratematch.harness.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.harness.judge.Hpa.Behaviour;
import org.junit.jupiter.api.Test;

class HpaTest {

    private static final Behaviour ONE_BY_ONE = new Behaviour(1, 0, 180, 1, 300, 300);

    @Test
    void by_default_it_grows_by_four_pods_or_doubles_whichever_is_more() {
        var hpa = new Hpa(2, 10, 50, Behaviour.DEFAULT);
        assertThat(hpa.decide(30, 2, 1000)).isEqualTo(6);
        assertThat(hpa.decide(60, 6, 1000)).isEqualTo(12);
        assertThat(hpa.decide(90, 12, 1000)).isEqualTo(24);
        assertThat(hpa.decide(120, 24, 1000)).isEqualTo(48);
        assertThat(hpa.decide(150, 48, 1000)).as("its maximum").isEqualTo(50);
    }

    @Test
    void within_a_tenth_of_the_target_it_holds() {
        var hpa = new Hpa(10, 10, 50, Behaviour.DEFAULT);
        assertThat(hpa.decide(30, 10, 109)).isEqualTo(10);
        assertThat(hpa.decide(60, 10, 111)).isEqualTo(12);
    }

    @Test
    void pods_go_only_when_nothing_higher_was_advised_for_five_minutes() {
        var hpa = new Hpa(10, 10, 50, Behaviour.DEFAULT);
        assertThat(hpa.decide(30, 10, 100)).isEqualTo(10);
        for (int at = 60; at <= 330; at += 30) {
            assertThat(hpa.decide(at, 10, 20)).isEqualTo(10);
        }
        assertThat(hpa.decide(360, 10, 20)).isEqualTo(2);
    }

    @Test
    void a_policy_of_one_pod_a_period_lets_no_second_one_through() {
        var hpa = new Hpa(4, 1.5, 50, ONE_BY_ONE);
        assertThat(hpa.decide(30, 4, 100)).isEqualTo(5);
        assertThat(hpa.decide(180, 5, 100)).isEqualTo(5);
        assertThat(hpa.decide(210, 5, 100)).isEqualTo(6);
        for (int at = 240; at <= 510; at += 30) {
            assertThat(hpa.decide(at, 6, 0.1)).isEqualTo(6);
        }
        assertThat(hpa.decide(540, 6, 0.1)).isEqualTo(5);
        assertThat(hpa.decide(810, 5, 0.1)).isEqualTo(5);
        assertThat(hpa.decide(840, 5, 0.1)).isEqualTo(4);
    }
}
