package dev.ratematch.controller.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.sample.Samples;
import org.junit.jupiter.api.Test;

class CapacityTest {

    private final Capacity capacity =
            new Capacity(Samples.spec(64), Samples.laws(), Samples.load(10));

    @Test
    void more_replicas_never_carry_less() {
        for (int n = 1; n < 30; n++) {
            assertThat(capacity.prefillRequestsPerSecond(n + 1))
                    .isGreaterThan(capacity.prefillRequestsPerSecond(n));
            assertThat(capacity.decodeRequestsPerSecond(n + 1))
                    .isGreaterThan(capacity.decodeRequestsPerSecond(n));
            assertThat(capacity.transferRequestsPerSecond(n + 1, n))
                    .isGreaterThanOrEqualTo(capacity.transferRequestsPerSecond(n, n));
        }
    }

    @Test
    void pooling_makes_each_replica_worth_more() {
        assertThat(capacity.prefillRequestsPerSecond(8) / 8)
                .isGreaterThan(capacity.prefillRequestsPerSecond(1));
        assertThat(capacity.decodeRequestsPerSecond(8) / 8)
                .isGreaterThan(capacity.decodeRequestsPerSecond(1));
    }

    @Test
    void ttft_rises_with_rate_and_is_infinite_from_saturation_on() {
        double saturation = 2 / capacity.marginalPrefillSeconds();
        double last = 0;
        for (int i = 0; i < 10; i++) {
            double ttft = capacity.ttftSeconds(2, saturation * i / 10);
            assertThat(ttft).isGreaterThanOrEqualTo(last).isFinite();
            last = ttft;
        }
        assertThat(capacity.ttftSeconds(2, saturation)).isInfinite();
        assertThat(capacity.ttftSeconds(2, 2 * saturation)).isInfinite();
        assertThat(capacity.prefillRequestsPerSecond(2)).isLessThan(saturation);
    }

    @Test
    void the_mean_ttft_is_below_that_at_the_percentile_and_above_an_iteration() {
        double rate = 1 / capacity.marginalPrefillSeconds();
        double mean = capacity.ttftMeanSeconds(2, rate);
        assertThat(mean)
                .isLessThan(capacity.ttftSeconds(2, rate))
                .isGreaterThan(capacity.iterationSeconds(rate / 2));
        assertThat(capacity.ttftMeanSeconds(2, 2 * rate)).isInfinite();
    }

    @Test
    void full_pools_finish_more_than_the_promise_allows_and_no_more_than_the_slower_one() {
        double most = capacity.saturatedRequestsPerSecond(3, 4);
        assertThat(most)
                .isGreaterThan(
                        Math.min(
                                capacity.prefillRequestsPerSecond(3),
                                capacity.decodeRequestsPerSecond(4)))
                .isLessThanOrEqualTo(3 / capacity.marginalPrefillSeconds());
        assertThat(capacity.saturatedRequestsPerSecond(40, 1))
                .isLessThan(capacity.saturatedRequestsPerSecond(40, 2));
    }

    @Test
    void the_rate_found_just_keeps_ttft() {
        double rate = capacity.prefillRequestsPerSecond(3);
        assertThat(capacity.ttftSeconds(3, rate)).isLessThanOrEqualTo(2);
        assertThat(capacity.ttftSeconds(3, rate * 1.001)).isGreaterThan(2);
    }

    @Test
    void itl_is_that_of_the_batch_which_littles_law_gathers() {
        double itl = capacity.itlSeconds(4, 30);
        double batch = 30 * 250 * itl / 4;
        double resident = Samples.load(30).residentTokensPerSequence();
        assertThat(Samples.laws().decode().stepSeconds(batch, batch * resident))
                .isCloseTo(itl, within(1e-6));
        assertThat(capacity.itlSeconds(4, 60)).isGreaterThan(itl);
        assertThat(capacity.itlSeconds(4, 1e6)).isInfinite();
        assertThat(capacity.itlSeconds(4, 0)).isLessThan(itl).isPositive();
    }

    @Test
    void the_decode_batch_is_a_feasible_fixed_point() {
        var load = Samples.load(10);
        for (int n : new int[] {1, 2, 5, 20}) {
            double batch = capacity.decodeBatch(n);
            double resident = load.residentTokensPerSequence();
            double step = Samples.laws().decode().stepSeconds(batch, batch * resident);
            double rate = capacity.decodeRequestsPerSecond(n);
            // Little's law: what is running is rate x stay.
            assertThat(rate * load.outputTokens() * step / n).isCloseTo(batch, within(1e-6));
            double busy = batch + 1.645 * StrictMath.sqrt(batch / n);
            assertThat(Samples.laws().decode().stepSeconds(busy, busy * resident))
                    .isLessThanOrEqualTo(0.03 + 1e-5);
            assertThat(busy).isLessThanOrEqualTo(256.1);
            assertThat(busy * resident).isLessThanOrEqualTo(1.8e6);
        }
    }

    @Test
    void long_contexts_are_bound_by_kv() {
        var load = new WorkloadEstimate(1, 60_000, 60_000, 0, 1000, 0, 2, 30, 1, 0, 0, 0, 5);
        Laws flat = new Laws(Samples.laws().prefill(), (_, _) -> 0.01);
        assertThat(new Capacity(Samples.spec(64), flat, load).kvBinds()).isTrue();
        assertThat(capacity.kvBinds()).isFalse();
    }

    @Test
    void four_samples_a_request_are_four_times_the_decode_and_no_more_prefill() {
        var four = new WorkloadEstimate(10, 3000, 3000, .8, 250, .6, 2, 30, 1, 0, 0, 0, 10, 4);
        var spec = Samples.spec(64);
        var one = new Capacity(spec, Samples.laws(), Samples.load(10));
        var many = new Capacity(spec, Samples.laws(), four);
        assertThat(many.decodeRequestsPerSecond(2))
                .isCloseTo(one.decodeRequestsPerSecond(2) / 4, within(1e-9));
        assertThat(many.itlSeconds(2, 2)).isCloseTo(one.itlSeconds(2, 8), within(1e-9));
        assertThat(many.prefillRequestsPerSecond(2)).isEqualTo(one.prefillRequestsPerSecond(2));
    }

    @Test
    void accepted_drafts_raise_decode_and_local_prefill_raises_prefill() {
        var plain = Samples.load(10);
        var drafts = new WorkloadEstimate(10, 3000, 3000, .8, 250, .6, 2, 30, 2, 0, 0, 0, 10);
        var local = new WorkloadEstimate(10, 3000, 3000, .8, 250, .6, 2, 30, 1, 0.5, 0, 0, 10);
        var spec = Samples.spec(64);
        assertThat(new Capacity(spec, Samples.laws(), drafts).decodeRequestsPerSecond(2))
                .isGreaterThan(
                        1.9 * new Capacity(spec, Samples.laws(), plain).decodeRequestsPerSecond(2));
        // A decode step that also prefills has a smaller batch, so that the first one is shorter.
        assertThat(new Capacity(spec, Samples.laws(), local).prefillRequestsPerSecond(2))
                .isCloseTo(2 * capacity.prefillRequestsPerSecond(2), withinPercentage(0.5));
    }

    @Test
    void a_pipeline_of_two_stages_takes_as_long_and_carries_twice_as_much() {
        var plain = Samples.laws();
        var staged = new Laws(plain.prefill(), plain.decode(), plain.local(), 2);
        var pipeline = new Capacity(Samples.spec(64), staged, Samples.load(10));
        assertThat(pipeline.ttftSeconds(2, 0)).isCloseTo(capacity.ttftSeconds(2, 0), within(1e-9));
        assertThat(pipeline.prefillFullRequestsPerSecond(2))
                .isCloseTo(2 * capacity.prefillFullRequestsPerSecond(2), within(1e-9));
        assertThat(pipeline.prefillRequestsPerSecond(2))
                .isGreaterThan(1.5 * capacity.prefillRequestsPerSecond(2));
        assertThatThrownBy(() -> new Laws(plain.prefill(), plain.decode(), plain.local(), 0.5))
                .hasMessageContaining("overlap (0.5)");
    }

    @Test
    void unreachable_means_service_time_alone() {
        Laws slow = new Laws((_, _) -> 2.1, Samples.laws().decode());
        Laws slowSteps = new Laws(Samples.laws().prefill(), (_, _) -> 0.031);
        assertThat(capacity.unreachable()).isFalse();
        var load = Samples.load(10);
        var spec = Samples.spec(64);
        assertThat(new Capacity(spec, slow, load).unreachable()).isTrue();
        assertThat(new Capacity(spec, slow, load).prefillRequestsPerSecond(30)).isZero();
        assertThat(new Capacity(spec, slow, load).prefillSizingRequestsPerSecond(30)).isPositive();
        assertThat(new Capacity(spec, slowSteps, load).decodeRequestsPerSecond(30)).isZero();
        assertThat(new Capacity(spec, slowSteps, load).unreachable()).isTrue();
        assertThat(new Capacity(spec, slowSteps, load).decodeSizingRequestsPerSecond(30))
                .isPositive();
    }

    @Test
    void the_normal_quantile_is_close() {
        assertThat(Capacity.normalQuantile(0.5)).isCloseTo(0, within(1e-3));
        assertThat(Capacity.normalQuantile(0.95)).isCloseTo(1.6449, within(1e-3));
        assertThat(Capacity.normalQuantile(0.05)).isCloseTo(-1.6449, within(1e-3));
    }
}
