package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.UNKNOWN;
import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.load;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.traffic;
import static dev.ratematch.controller.sample.Samples.window;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What the fleet states and measures changes what is planned; none of it is only a note.
class ReadingsCountTest {

    private static final double RATE = 11;

    /// 3P2D whose decode engines say how much KV they hold, with the latencies that are measured.
    private static Snapshot seen(
            double at, double kvTokens, double queued, double ttft, double itl) {
        var decode = pool(FleetCounts.steady(2), queued, 36);
        var stated =
                new PoolReading(
                        decode.desired(),
                        decode.ready(),
                        decode.starting(),
                        decode.pending(),
                        decode.draining(),
                        decode.failed(),
                        decode.queuedRequests(),
                        UNKNOWN,
                        decode.runningRequests(),
                        UNKNOWN,
                        UNKNOWN,
                        Reading.of(kvTokens));
        return snapshot(at, pool(FleetCounts.steady(3), 0, 3), stated, measured(ttft, itl, 0));
    }

    private static TrafficReading measured(double ttft, double itl, double transfer) {
        var u = UNKNOWN;
        return new TrafficReading(
                Reading.of(30 * RATE),
                false,
                Reading.of(30 * RATE),
                u,
                Reading.of(3000),
                u,
                u,
                Reading.of(400),
                Reading.of(0),
                Reading.of(ttft),
                u,
                Reading.of(itl),
                u,
                u,
                u,
                u,
                u,
                transfer > 0 ? Reading.of(transfer) : u,
                List.of());
    }

    private static Step after(int windows, double kvTokens, double queued, double ttft) {
        // Nothing is kept for another mix, so that only the broken promise holds replicas.
        var tuning = Tuning.DEFAULT.with(Option.TURN_HEDGE, 0);
        var controller = new Controller(spec(16, tuning), laws());
        var step = controller.step(State.INITIAL, seen(30, kvTokens, queued, ttft, 0.008));
        for (int i = 2; i <= windows; i++) {
            step = controller.step(step.state(), seen(30 * i, kvTokens, queued, ttft, 0.008));
        }
        return step;
    }

    @Test
    void the_kv_pool_that_engines_state_bounds_decode() {
        var step = after(2, 64_000, 240, 22);
        assertThat(step.decision().reason()).isEqualTo(Reason.GROW);
        assertThat(step.explanation().limiting()).isEqualTo(Plan.Limit.KV);
        assertThat(Objects.requireNonNull(step.cycle().end()).decode()).isGreaterThanOrEqualTo(3);
        assertThat(after(3, 1.8e6, 0, 0.2).explanation().servedShare()).isOne();
    }

    @Test
    void engines_that_turn_out_smaller_are_no_other_traffic() {
        var controller = new Controller(spec(16), laws());
        var state = State.INITIAL;
        for (int i = 1; i <= 12; i++) {
            state =
                    controller
                            .step(state, seen(30 * i, i < 6 ? 1.8e6 : 64_000, 0, 0.2, 0.008))
                            .state();
        }
        var kinds = state.experience().regimes();
        assertThat(kinds.turns()).isZero();
        assertThat(kinds.seen())
                .singleElement()
                .satisfies(k -> assertThat(k.need().decode()).isGreaterThan(1.6));
    }

    @Test
    void how_long_replicas_load_is_watched() {
        var controller = new Controller(spec(16), laws());
        var state = State.INITIAL;
        var loading = pool(new FleetCounts(4, 2, 2, 0, 0, 0), 0, 3);
        for (int i = 1; i <= 3; i++) {
            var look = snapshot(15 * i, loading, pool(FleetCounts.steady(2), 0, 3), traffic(100));
            state = controller.step(state, look).state();
        }
        assertThat(state.experience().lags().prefill().loading().open()).isEqualTo(2 * 30);
    }

    @Test
    void what_engines_stated_last_stands_while_they_say_nothing() {
        var calibration = after(3, 64_000, 0, 0.2).state().calibration();
        var later =
                calibration.learn(
                        spec(16),
                        laws(),
                        transferring(120, 0),
                        List.of(window(120, 330)),
                        Lesson.ALWAYS);
        assertThat(later.decodeKvTokens()).isEqualTo(64_000);
    }

    /// 3P2D that say nothing of their KV, with the transfer time that is measured.
    private static Snapshot transferring(double at, double seconds) {
        return snapshot(
                at,
                pool(FleetCounts.steady(3), 0, 3),
                pool(FleetCounts.steady(2), 0, 36),
                measured(0.2, 0.008, seconds));
    }

    @Test
    void
            a_broken_promise_on_a_fleet_that_carries_everything_suspects_the_model_and_gives_nothing_back() {
        var step = after(14, 1.8e6, 0, 6);
        assertThat(step.decision()).isInstanceOf(Decision.Hold.class);
        assertThat(step.decision().reason()).isEqualTo(Reason.MODEL_SUSPECT);
        assertThat(step.explanation().text()).contains("6000.0 ms", "2000.0 ms");
        assertThat(after(14, 1.8e6, 0, 0.2).decision()).isInstanceOf(Decision.Resize.class);
    }

    /// Nothing came and no prefill replica is there, while the last transfers are still told.
    @Test
    void a_pool_that_is_gone_teaches_nothing_of_links() {
        var gone =
                snapshot(
                        30,
                        pool(FleetCounts.steady(0), 0, 0),
                        pool(FleetCounts.steady(2), 0, 36),
                        measured(0.2, 0.008, 0.05));
        var learnt =
                Calibration.NONE.learn(
                        spec(16), laws(), gone, List.of(window(30, 0)), Lesson.ALWAYS);
        assertThat(learnt.link()).isEqualTo(Residual.NONE);
    }

    @Test
    void measured_transfers_correct_what_a_request_waits_and_not_what_links_carry() {
        var spec = spec(16);
        double modelled = spec.transferSeconds(3000);
        var learnt = Calibration.NONE;
        for (int i = 1; i <= 40; i++) {
            var seen = transferring(30 * i, 3 * modelled);
            learnt = learnt.learn(spec, laws(), seen, List.of(window(30 * i, 330)), Lesson.ALWAYS);
        }
        var corrected = learnt.apply(spec, 3000);
        assertThat(corrected.transferSeconds(3000)).isCloseTo(3 * modelled, within(0.3 * modelled));
        assertThat(corrected.link().bytesPerSecondPerGpu())
                .isEqualTo(spec.link().bytesPerSecondPerGpu());
        var busy = List.of(window(30, 30_000));
        var kept =
                Calibration.NONE.learn(
                        spec, laws(), transferring(30, 3 * modelled), busy, Lesson.ALWAYS);
        assertThat(kept.transfer()).isEqualTo(Residual.NONE);
    }

    /// The model says that two decode replicas do, and ever more requests wait for a place there.
    private static List<Sizes> endsWhileAQueueGrows(int cycles) {
        var controller = new Controller(spec(32), laws());
        var state = State.INITIAL;
        var ends = new ArrayList<Sizes>();
        for (int i = 1; i <= cycles; i++) {
            double queue = i < 3 ? 0 : 20 * i;
            double ttft = i < 3 ? 0.2 : 2 * i;
            var step = controller.step(state, seen(30 * i, 1.8e6, queue, ttft, 0.008));
            state = step.state();
            ends.add(Objects.requireNonNull(step.cycle().end()));
        }
        return ends;
    }

    @Test
    void where_the_model_is_wrong_free_gpus_need_not_wait_for_it_to_learn() {
        assertThat(endsWhileAQueueGrows(3)).last().isEqualTo(new Sizes(3, 3));
    }

    /// The queue goes on until it is there.
    @Test
    void but_what_is_on_its_way_is_waited_for() {
        assertThat(endsWhileAQueueGrows(6)).last().isEqualTo(new Sizes(3, 3));
    }

    @Test
    void a_promise_that_no_size_keeps_is_no_fault_of_the_model() {
        var whole = spec(10);
        var strict =
                new ServiceSpec(
                        new Slo(2, 0.004, 95),
                        10,
                        new PoolSpec(2, 3, 3, 60, 10, 8192, 256, 1.8e6),
                        new PoolSpec(2, 2, 2, 60, 60, 8192, 256, 1.8e6),
                        whole.link(),
                        whole.kvBytesPerToken(),
                        whole.layers(),
                        whole.tuning());
        var controller = new Controller(strict, laws());
        var state = State.INITIAL;
        var reasons = new ArrayList<Reason>();
        for (int i = 1; i <= 14; i++) {
            var step = controller.step(state, seen(30 * i, 1.8e6, 0, 0.2, 0.008));
            state = step.state();
            reasons.add(step.decision().reason());
        }
        assertThat(reasons).contains(Reason.ALREADY_MATCHED).doesNotContain(Reason.MODEL_SUSPECT);
    }

    @Test
    void prompts_that_decode_prefills_itself_cost_its_steps_time() {
        double none = new Capacity(spec(32), laws(), local(0)).decodeRequestsPerSecond(4);
        double half = new Capacity(spec(32), laws(), local(0.5)).decodeRequestsPerSecond(4);
        assertThat(half).isLessThan(0.9 * none);
    }

    private static WorkloadEstimate local(double share) {
        var l = load(10);
        return new WorkloadEstimate(
                l.requestsPerSecond(),
                l.inputTokens(),
                l.uncachedInputTokens(),
                l.inputCv2(),
                l.outputTokens(),
                l.outputCv2(),
                l.dispersion(),
                l.dispersionSeconds(),
                l.acceptLength(),
                share,
                0,
                0,
                l.windows());
    }

    private static Snapshot asking(double at, double input, double output) {
        return snapshot(
                at,
                pool(FleetCounts.steady(3), 0, 3),
                pool(FleetCounts.steady(2), 0, 36),
                traffic(Reading.of(120), Reading.of(input), Reading.of(output)));
    }

    /// Twenty windows of code, as many of reasoning, and code again, while reasoning still ends.
    @Test
    void prompts_that_were_there_before_are_planned_for_with_the_answers_that_they_had() {
        var controller = new Controller(spec(16), laws());
        var state = State.INITIAL;
        double at = 0;
        for (int i = 1; i <= 40; i++) {
            at = 30 * i;
            var seen = i <= 20 ? asking(at, 2300, 32) : asking(at, 450, 1200);
            state = controller.step(state, seen).state();
        }
        state = controller.step(state, asking(at + 30, 2300, 560)).state();
        assertThat(state.windows().getLast().outputTokens()).isLessThan(60);
    }
}
