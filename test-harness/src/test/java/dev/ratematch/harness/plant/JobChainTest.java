package dev.ratematch.harness.plant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JobChainTest {

    private static List<Job> jobs(int count) {
        var jobs = new ArrayList<Job>();
        for (int i = 0; i < count; i++) {
            jobs.add(new Job(i, Plants.request(0, 100, 1 + i % 7)));
        }
        return jobs;
    }

    @Test
    void whoever_leaves_the_others_keep_their_order() {
        var random = new SplittableRandom(3);
        var jobs = jobs(50);
        var chain = new JobChain();
        var expected = new ArrayList<Job>();
        for (var job : jobs) {
            chain.add(job);
            expected.add(job);
            if (random.nextBoolean()) {
                var leaver = expected.remove(random.nextInt(expected.size()));
                assertThat(chain.remove(leaver)).isTrue();
                assertThat(chain.remove(leaver)).as("gone already").isFalse();
            }
        }
        assertThat(chain.removeLast()).isSameAs(expected.removeLast());
        assertThat(chain.size()).isEqualTo(expected.size());
        var all = new ArrayList<Job>();
        chain.drainTo(all);
        assertThat(all).isEqualTo(expected);
        assertThat(chain.isEmpty()).isTrue();
    }

    @Test
    void a_request_is_in_one_chain_at_a_time() {
        var job = jobs(1).getFirst();
        var one = new JobChain();
        var other = new JobChain();
        one.add(job);
        assertThatThrownBy(() -> other.add(job)).isInstanceOf(IllegalStateException.class);
        assertThat(other.remove(job)).isFalse();
        assertThat(one.remove(job)).isTrue();
        other.add(job);
        assertThat(other.size()).isEqualTo(1);
    }

    @Test
    void sequences_finish_by_step_then_by_request_whoever_was_taken_out() {
        var jobs = jobs(100);
        var order = new FinishOrder();
        for (int i = 0; i < 100; i++) {
            order.add(jobs.get(i * 37 % 100));
        }
        for (int i = 0; i < 100; i += 3) {
            order.remove(jobs.get(i));
        }
        var left = new ArrayList<Job>();
        while (!order.isEmpty()) {
            long step = order.firstStep();
            left.add(order.removeFirst());
            assertThat(left.getLast().finishStep()).isEqualTo(step);
        }
        var expected = new ArrayList<Job>();
        for (int step = 1; step <= 7; step++) {
            for (var job : jobs) {
                if (job.index % 3 != 0 && job.finishStep() == step) {
                    expected.add(job);
                }
            }
        }
        assertThat(left).isEqualTo(expected);
    }
}
