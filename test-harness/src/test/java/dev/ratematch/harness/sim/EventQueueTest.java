package dev.ratematch.harness.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EventQueueTest {

    /// An event as it was scheduled; tokens are given in that order.
    private record Due(long atNanos, int priority, int token) {}

    @Test
    void events_come_by_time_then_priority_then_order_of_scheduling() {
        var random = new SplittableRandom(11);
        var queue = new EventQueue();
        var scheduled = new ArrayList<Due>();
        var came = new ArrayList<Integer>();
        // Few instants and priorities, so that many events are equal; more events than there is
        // room for at first, and some that are scheduled while others come.
        for (int i = 0; i < 2000; i++) {
            schedule(queue, random, scheduled, came);
        }
        queue.runUntil(1000);
        var order = new ArrayList<>(scheduled);
        order.sort(
                Comparator.comparingLong(Due::atNanos)
                        .thenComparingInt(Due::priority)
                        .thenComparingInt(Due::token));
        assertThat(scheduled).hasSizeGreaterThan(2500);
        assertThat(came).isEqualTo(order.stream().map(Due::token).toList());
        assertThat(queue.isEmpty()).isTrue();
    }

    private static void schedule(
            EventQueue queue, SplittableRandom random, List<Due> scheduled, List<Integer> came) {
        var due =
                new Due(
                        queue.nowNanos() + 1 + random.nextInt(40),
                        random.nextInt(4),
                        scheduled.size());
        scheduled.add(due);
        queue.schedule(
                due.atNanos(),
                due.priority(),
                token -> {
                    came.add(token);
                    if (random.nextInt(3) == 0) {
                        schedule(queue, random, scheduled, came);
                    }
                },
                due.token());
    }

    @Test
    void what_is_due_later_stays_and_the_clock_stops_at_the_end() {
        var queue = new EventQueue();
        var came = new ArrayList<Integer>();
        queue.schedule(5, 0, came::add, 5);
        queue.schedule(7, 0, came::add, 7);
        queue.runUntil(6);
        assertThat(came).containsExactly(5);
        assertThat(queue.nowNanos()).isEqualTo(6);
        queue.runUntil(7);
        assertThat(came).containsExactly(5, 7);
    }
}
