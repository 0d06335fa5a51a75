package dev.ratematch.controller.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.move.FollowedPool.Pace;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.transfer.KvLink;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Two HPAs that know nothing of each other follow what is published, each at its own pace.
class TwoFollowersTest {

    private static final int CYCLE = 15;
    private static final int HOURS = 2;
    private static final Reading UNKNOWN = new Reading.Unknown("not given");

    private static ServiceSpec service(SplittableRandom random) {
        int prefillGpus = 1 << random.nextInt(3);
        int decodeGpus = 1 << random.nextInt(3);
        return new ServiceSpec(
                new Slo(2, 0.03, 95),
                prefillGpus + decodeGpus + random.nextInt(40),
                new PoolSpec(prefillGpus, 1, 32, 60, 10, 8192, 256, 1.8e6),
                new PoolSpec(decodeGpus, 1, 32, 60, 60, 8192, 256, 1.8e6),
                new KvLink(50e9, KvLink.Mode.PULL, 0.002),
                163_840,
                80,
                Tuning.DEFAULT
                        .with(Option.DEMAND_MARGIN, 0.15)
                        .with(Option.SCALE_DOWN_WINDOW_SECONDS, 120)
                        .with(Option.MAX_STEP_REPLICAS, 1 + random.nextInt(20)));
    }

    private static Laws laws() {
        return new Laws(
                (tokens, squares) -> 0.005 + 5e-5 * tokens + 1e-10 * squares,
                (sequences, resident) -> 0.006 + 4e-5 * sequences + 2.5e-8 * resident);
    }

    private static Pace pace(SplittableRandom random) {
        int period = 1 + random.nextInt(45);
        return new Pace(period, random.nextInt(60), random.nextInt(3) * 150);
    }

    private static TrafficReading traffic(double arrived, double input, double output) {
        var u = UNKNOWN;
        return new TrafficReading(
                Reading.of(arrived),
                false,
                u,
                u,
                Reading.of(input),
                u,
                u,
                Reading.of(output),
                u,
                u,
                u,
                u,
                u,
                u,
                u,
                u,
                u,
                u,
                List.of());
    }

    @Test
    void keepTheBudgetAndNeverShrinkTheReceiver() {
        int completed = 0;
        for (int seed = 0; seed < 40; seed++) {
            completed += run(seed);
        }
        assertThat(completed).isGreaterThan(100);
    }

    /// Two hours of traffic that turns. Every second, the pods are counted.
    private static int run(long seed) {
        var random = new SplittableRandom(seed);
        var spec = service(random);
        var controller = new Controller(spec, laws());
        var store = new Recommendations();
        var prefill = new FollowedPool(1, pace(random), random.split());
        var decode = new FollowedPool(1, pace(random), random.split());
        var state = State.INITIAL;
        double rate = 5;
        double input = 3000;
        int completed = 0;
        for (int at = 1; at < HOURS * 3600; at++) {
            var open = state.move();
            int p = prefill.desired();
            int d = decode.desired();
            prefill.runUntil(at);
            decode.runUntil(at);
            int now = at;
            Supplier<String> when =
                    () -> "seed %d at %d s: %s; %s; %s".formatted(seed, now, prefill, decode, open);
            if (open != null) {
                boolean kept =
                        keeps(prefill, p, open.from().prefill(), open.to().prefill(), open)
                                && keeps(decode, d, open.from().decode(), open.to().decode(), open);
                assertThat(kept).as(when).isTrue();
            }
            int gpus =
                    prefill.held() * spec.prefill().gpusPerReplica()
                            + decode.held() * spec.decode().gpusPerReplica();
            assertThat(gpus).as(when).isLessThanOrEqualTo(spec.budgetGpus());
            if (at % CYCLE != 0) {
                continue;
            }
            if (random.nextInt(40) == 0) {
                rate = random.nextDouble(0.5, 120);
                input = random.nextDouble(200, 8000);
            }
            var snapshot =
                    new Snapshot(
                            at,
                            Reading.of(CYCLE),
                            prefill.reading(at, 0, 1),
                            decode.reading(at, 0, 30),
                            traffic(CYCLE * rate, input, 8_000_000 / (input * input / 100 + 5000)),
                            List.of());
            var step = controller.step(state, snapshot, Conduct.ADVICE, null);
            completed += step.explanation().text().endsWith("is complete.") ? 1 : 0;
            state = step.state();
            store.conclude("ml", "chat", step.cycle(), Instant.ofEpochSecond(at));
            store.find("ml", "chat")
                    .ifPresent(
                            published -> {
                                prefill.publish(published.prefillNow(), now);
                                decode.publish(published.decodeNow(), now);
                            });
        }
        return completed;
    }

    /// Whether a pool that the move grows, and that is not above the move's end, was left alone by
    /// all that has been said since the move began.
    private static boolean keeps(FollowedPool pool, int before, int from, int to, Move move) {
        boolean receives = to > from && before <= to;
        return !receives || pool.desired() >= before || pool.saidSince() < move.startedSeconds();
    }
}
