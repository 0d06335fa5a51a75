package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountsTest {

    @Test
    void whatWasSaidLongAgoIsForgottenFirst() {
        var counts = new Counts();
        for (int i = 0; i < Counts.MOST + 10; i++) {
            assertThat(counts.next("event-" + i)).isEqualTo(1);
            var _ = counts.next("kept");
        }

        assertThat(counts.size()).isEqualTo(Counts.MOST);
        assertThat(counts.next("event-0")).isEqualTo(1);
        assertThat(counts.next("kept")).isEqualTo(Counts.MOST + 11);
        counts.restart("kept");
        assertThat(counts.next("kept")).isEqualTo(2);
    }
}
