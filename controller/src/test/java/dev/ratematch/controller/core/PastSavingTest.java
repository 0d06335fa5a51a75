package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.UNKNOWN;
import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.host.ExplanationJson;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What waits in vain, and what a deadline would give. Windows are 30 s, the promise 2 s, the lead
/// time 60 s.
class PastSavingTest {

    private static final ServiceSpec SPEC = spec(32);

    private static Step step(ServiceSpec spec, PoolReading prefill, int decode, double arrived) {
        var controller = new Controller(spec, laws());
        var before = controller.step(State.INITIAL, at(30, prefill, decode, arrived));
        return controller.step(before.state(), at(60, prefill, decode, arrived));
    }

    private static Snapshot at(double seconds, PoolReading prefill, int decode, double arrived) {
        return snapshot(
                seconds, prefill, pool(FleetCounts.steady(decode), 0, 30), traffic(arrived));
    }

    private static Step fourAndFour(double queued, double arrived) {
        return step(SPEC, pool(FleetCounts.steady(4), queued, 4), 4, arrived);
    }

    private static Assessment assessed(Step step) {
        return Objects.requireNonNull(step.explanation().assessment(), "assessed");
    }

    private static @Nullable PastSaving found(Step step) {
        return assessed(step).pastSaving();
    }

    private static PastSaving known(Step step) {
        return Objects.requireNonNull(found(step), "known");
    }

    private static Capacity expected(ServiceSpec spec, Step step) {
        return step.explanation().calibration().expected(spec, laws(), assessed(step).expected());
    }

    @Test
    void aQueueOfManyPromisesIsBeyondSavingAndADeadlineBringsTtftBackAtOnce() {
        var step = fourAndFour(1000, 240);
        var late = known(step);

        assertThat(late.waitingRequests()).isEqualTo(1000);
        assertThat(late.requests()).isEqualTo(1000);
        assertThat(late.share()).isOne();
        double spare = expected(SPEC, step).saturatedRequestsPerSecond(4, 4) - 8;
        assertThat(spare).isPositive();
        // 16 may wait within the promise; what serves works the rest off, before receivers come.
        assertThat(late.backSeconds()).isCloseTo((1000 - 16) / spare, within(1e-6)).isLessThan(60);
        assertThat(late.backWithDeadlineSeconds()).isZero();
        assertThat(late.text(2))
                .startsWith(
                        "1,000 of 1,000 waiting requests are past saving: a gateway deadline of 2 s")
                .endsWith(
                        "would bring TTFT back within the target at once instead of %d s."
                                .formatted(Math.round(late.backSeconds())));
    }

    @Test
    void aDeadlineThatHastensNothingIsNotPraised() {
        assertThat(new PastSaving(20, 5, 0.3, 0.2).text(2))
                .isEqualTo(
                        "5 of 20 waiting requests are past saving: TTFT will be within the target again"
                                + " within a second; a gateway deadline of 2 s would not speed this up.");
        assertThat(new PastSaving(20, 5, 41.2, 40.9).text(2))
                .endsWith("again in 41 s; a gateway deadline of 2 s would not speed this up.");
    }

    /// Request by request, as the definition has it.
    @Test
    void ofAQueueThatIsPartlyLateThoseAreCountedThatAre() {
        for (double arrived : new double[] {300, 600, 1200}) {
            for (int queued : new int[] {25, 35, 45, 60}) {
                var step = fourAndFour(queued, arrived);
                var capacity = expected(SPEC, step);
                double rate = assessed(step).expected().requestsPerSecond();
                double pace = capacity.saturatedRequestsPerSecond(4, 4);
                double service = capacity.ttftMeanSeconds(4, 0);
                int late = 0;
                for (int k = 0; k < queued; k++) {
                    double ttft = (queued - k - 0.5) / rate + (k + 0.5) / pace + service;
                    late += ttft > 2 ? 1 : 0;
                }
                assertThat(known(step).requests())
                        .as("%d wait at %.0f req/s", queued, rate)
                        .isCloseTo(late, within(1.0));
            }
        }
    }

    @Test
    void nothingOfAQueueWithinThePromiseIsLostAndNothingIsSaidOfIt() {
        var late = known(fourAndFour(8, 300));

        assertThat(late.waitingRequests()).isEqualTo(8);
        assertThat(late.requests()).isZero();
        assertThat(late.backSeconds()).isZero();
        assertThat(late.backWithDeadlineSeconds()).isZero();
        assertThat(late.text(2)).isNull();
    }

    @Test
    void noQueueIsZeroAndAnUnknownOneUnknown() {
        var none = known(fourAndFour(0, 300));
        assertThat(none.waitingRequests()).isZero();
        assertThat(none.share()).isZero();
        assertThat(none.text(2)).isNull();

        var some = pool(FleetCounts.steady(4), 0, 4);
        assertThat(found(step(SPEC, reading(some, some.ready(), UNKNOWN), 4, 300))).isNull();
        assertThat(found(step(SPEC, reading(some, Reading.of(0), Reading.of(50)), 4, 300)))
                .isNull();
    }

    private static PoolReading reading(PoolReading of, Reading ready, Reading queued) {
        return new PoolReading(
                of.desired(),
                ready,
                of.starting(),
                of.pending(),
                of.draining(),
                of.failed(),
                queued,
                UNKNOWN,
                of.runningRequests(),
                UNKNOWN,
                UNKNOWN,
                UNKNOWN);
    }

    @Test
    void whereLessIsThereThanComesADeadlineWaitsForTheReceiversOnly() {
        var step = step(SPEC, pool(FleetCounts.steady(2), 400, 4), 2, 900);
        var late = known(step);

        assertThat(assessed(step).end().pair()).isNotEqualTo(assessed(step).now().pair());
        assertThat(late.requests()).isEqualTo(400);
        assertThat(late.backWithDeadlineSeconds()).isEqualTo(60);
        assertThat(late.backSeconds()).isGreaterThan(60).isFinite();
        assertThat(late.text(2)).contains("within the target in 60 s instead of");
    }

    @Test
    void whereTheBudgetCarriesLessThanComesNothingBringsItBack() {
        var step = step(spec(4), pool(FleetCounts.steady(1), 400, 4), 1, 900);
        var late = known(step);

        assertThat(late.backSeconds()).isInfinite();
        assertThat(late.backWithDeadlineSeconds()).isInfinite();
        assertThat(late.text(2)).contains("more comes than the pools carry").contains("more GPUs");
        var json = new ObjectMapper().createObjectNode();
        ExplanationJson.write(json, step.cycle());
        assertThat(json.at("/past_saving/requests").asDouble()).isEqualTo(400);
        assertThat(json.at("/past_saving/share").asDouble()).isOne();
        assertThat(json.at("/past_saving/ttft_back_s").isNull()).isTrue();
        assertThat(json.at("/past_saving/text").asText()).isEqualTo(late.text(2));
    }

    /// Under a promise of minutes the free GPUs are there in time for some that wait.
    @Test
    void receiversComeAsLateAsTheyWereSeenToCome() {
        double soon = later(0).backSeconds();
        assertThat(soon).isGreaterThan(60).isFinite();
        assertThat(later(2).backSeconds()).isGreaterThan(soon + 60).isFinite();
    }

    /// A queue before six decode replicas and too few of prefill, after some of decode took four
    /// minutes to load.
    private static PastSaving later(int loaded) {
        var controller = new Controller(SPEC, laws());
        var state = State.INITIAL;
        for (int i = 1; i <= 10; i++) {
            int starting = i < 9 ? loaded : 0;
            var counts = new FleetCounts(6, 6 - starting, starting, 0, 0, 0);
            var look =
                    snapshot(
                            30 * i,
                            pool(FleetCounts.steady(4), 0, 4),
                            pool(counts, 0, 30),
                            traffic(240));
            state = controller.step(state, look).state().withMove(null);
        }
        var steady = pool(FleetCounts.steady(6), 0, 30);
        var look = snapshot(330, pool(FleetCounts.steady(4), 4000, 4), steady, traffic(1500));
        return known(controller.step(state, look));
    }

    @Test
    void whatReceiversCanStillServeIsNotPastSaving() {
        double soon = known(patient(10)).requests();
        double late = known(patient(120)).requests();

        assertThat(soon).isLessThan(late - 100);
    }

    private static Step patient(double leadSeconds) {
        var slow = SPEC.prefill();
        var pool =
                new PoolSpec(
                        2,
                        1,
                        32,
                        leadSeconds,
                        10,
                        slow.maxBatchedTokens(),
                        slow.maxSequences(),
                        1.8e6);
        var spec =
                new ServiceSpec(
                        new Slo(60, 0.03, 95),
                        32,
                        pool,
                        pool,
                        SPEC.link(),
                        SPEC.kvBytesPerToken(),
                        SPEC.layers(),
                        SPEC.tuning());
        return step(spec, pool(FleetCounts.steady(2), 1500, 4), 4, 900);
    }
}
