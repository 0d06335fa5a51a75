package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.UNKNOWN;
import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.load;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What windows teach of a fleet, and what that changes of its capacity. Three prefill and two
/// decode replicas; prompts of 3,000 tokens.
class CalibrationTest {

    /// The full iteration as modelled: 8,192 tokens of such prompts.
    private static final double FULL =
            laws().prefill().iterationSeconds(8192, 8192 / 3000.0 * 3000 * 3000 * 1.8);

    private static Window window(double at, double arrived, double queued, double atDecode) {
        return new Window(at, 30, arrived, 3000, 0.8, 3000, 250, 0.6, 1, 0, queued, atDecode);
    }

    private static Snapshot seen(double queued, double transferSeconds, PoolReading decode) {
        return seen(queued, transferSeconds, decode, 420);
    }

    private static Snapshot seen(
            double queued, double transferSeconds, PoolReading decode, double finished) {
        var u = UNKNOWN;
        var traffic =
                new TrafficReading(
                        Reading.of(450),
                        false,
                        Reading.of(finished),
                        u,
                        Reading.of(3000),
                        u,
                        u,
                        Reading.of(250),
                        u,
                        u,
                        u,
                        Reading.of(0.012),
                        u,
                        Reading.of(0.16),
                        u,
                        u,
                        u,
                        transferSeconds > 0 ? Reading.of(transferSeconds) : u,
                        List.of());
        return snapshot(60, pool(FleetCounts.steady(3), queued, 3), decode, traffic);
    }

    private static PoolReading decoding(double running) {
        return pool(FleetCounts.steady(2), 0, running);
    }

    private static Residual prefill(List<Window> windows, boolean steady) {
        var seen = seen(windows.getLast().prefillQueued(), 0, decoding(100));
        return Calibration.NONE
                .learn(spec(16), laws(), seen, windows, steady ? Lesson.ALWAYS : null)
                .prefill();
    }

    @Test
    void whatASaturatedPrefillPoolGetsThroughIsItsFullIteration() {
        // 450 came and 30 more wait: 420 x 3,000 tokens in 30 s by three replicas.
        double measured = 30.0 * 3 * 8192 / (420 * 3000);
        var windows = List.of(window(30, 450, 100, 0), window(60, 450, 130, 0));
        var learnt = prefill(windows, true);
        assertThat(learnt).isEqualTo(Residual.NONE.learn(FULL, measured, 0.05));
        assertThat(learnt.correct(FULL)).isGreaterThan(1.2 * FULL);
    }

    /// Routers that bind a request as it comes leave a queue with the replicas that had it.
    @Test
    void aQueueFromBeforeAMoveDoesNotTellWhatAllReplicasGetThrough() {
        var windows = List.of(window(30, 450, 100, 0), window(60, 450, 130, 0));
        var seen = seen(130, 0, decoding(100));
        var after = Calibration.NONE.learn(spec(16), laws(), seen, windows, 20.0).prefill();
        assertThat(after).isEqualTo(Residual.NONE);
        // It was worked off once since then.
        var free = List.of(window(0, 450, 0, 0), window(30, 450, 100, 0), window(60, 450, 130, 0));
        assertThat(Calibration.NONE.learn(spec(16), laws(), seen, free, -10.0).prefill())
                .isEqualTo(prefill(windows, true));
    }

    /// Two iterations are under way in each replica: each takes twice as long as they are apart.
    @Test
    void whatASaturatedPipelineGetsThroughIsHalfOfItsFullIteration() {
        var plain = laws();
        var staged = new Laws(plain.prefill(), plain.decode(), plain.local(), 2);
        var windows = List.of(window(30, 450, 100, 0), window(60, 450, 130, 0));
        var seen = seen(130, 0, decoding(100));
        double apart = 30.0 * 3 * 8192 / (420 * 3000);
        assertThat(Calibration.NONE.learn(spec(16), staged, seen, windows, Lesson.ALWAYS).prefill())
                .isEqualTo(Residual.NONE.learn(FULL, 2 * apart, 0.05));
        assertThat(Calibration.NONE.apply(staged).overlap()).isEqualTo(2);
    }

    /// What comes between two begins is in an iteration together; chunks follow each other closely.
    @Test
    void theMeanTimeInAPipelineIsThatOfTheBatchThatGathersInHalfOfIt() {
        var plain = laws();
        var staged = new Laws(plain.prefill(), plain.decode(), plain.local(), 2);
        for (double arrived : new double[] {1500, 6000}) {
            var window = window(60, arrived, 0, 0);
            double requests = arrived / 30 / 3 * 0.16 / 2;
            double iterations = Math.max(1, requests * 3000 / 8192);
            double squares = Estimator.estimate(List.of(window)).squaresPerRequest();
            double modelled =
                    plain.prefill()
                            .iterationSeconds(
                                    requests * 3000 / iterations, requests * squares / iterations);
            var learnt =
                    Calibration.NONE.learn(
                            spec(16),
                            staged,
                            seen(0, 0, decoding(100)),
                            List.of(window),
                            Lesson.ALWAYS);
            assertThat(learnt.prefill())
                    .isEqualTo(Residual.NONE.learn(modelled, 0.16 / (1 + (iterations - 1) / 2)));
        }
    }

    @Test
    void aQueueThatDoesNotKeepAllReplicasBusyThroughoutTeachesNoFullIteration() {
        var full = window(60, 450, 130, 0);
        // None stood at the begin; not enough for each replica; a window is missing between them.
        for (var before :
                List.of(window(30, 450, 0, 0), window(30, 450, 8, 0), window(0, 450, 100, 0))) {
            assertThat(prefill(List.of(before, full), true)).isEqualTo(Residual.NONE);
        }
        var before = window(30, 450, 100, 0);
        assertThat(prefill(List.of(before, full), false)).isEqualTo(Residual.NONE);
        // What is finished says otherwise.
        var fewer = seen(130, 0, decoding(100), 200);
        assertThat(
                        Calibration.NONE
                                .learn(
                                        spec(16),
                                        laws(),
                                        fewer,
                                        List.of(before, full),
                                        Lesson.ALWAYS)
                                .prefill())
                .isEqualTo(Residual.NONE);
        // Prefill waits for decode to take what it holds.
        var held = window(60, 450, 130, 80);
        assertThat(prefill(List.of(before, held), true)).isEqualTo(Residual.NONE);
    }

    /// Links that carry all that comes, as learnt from forty windows with such transfers.
    private static KvLink link(double statedBytesPerSecond, double measuredSeconds) {
        var spec = spec(16).withLink(new KvLink(statedBytesPerSecond, KvLink.Mode.PULL, 0.002));
        var learnt = Calibration.NONE;
        for (int i = 0; i < 40; i++) {
            learnt =
                    learnt.learn(
                            spec,
                            laws(),
                            seen(0, measuredSeconds, decoding(100)),
                            List.of(window(60, 450, 0, 0)),
                            Lesson.ALWAYS);
        }
        return learnt.apply(spec, 3000).link();
    }

    /// Seconds that such a link takes for one request of 491,520,000 bytes over two lanes.
    private static double alone(double bytesPerSecond) {
        return 3000 * 163_840 / (2 * bytesPerSecond) + 0.002;
    }

    @Test
    void aLinkThatIsStatedFarTooHighIsFoundOutByItsTransfers() {
        var link = link(400e9, 2 * alone(10e9));
        assertThat(link.bytesPerSecondPerGpu()).isBetween(9e9, 40e9);
    }

    @Test
    void aLinkThatIsStatedTooLowIsFoundOutByItsTransfers() {
        var link = link(10e9, alone(50e9));
        assertThat(link.bytesPerSecondPerGpu()).isBetween(30e9, 60e9);
    }

    @Test
    void aLinkIsAsStatedWhereSharingItExplainsTheTransfers() {
        for (double slower : new double[] {1, 1.3, 1.6}) {
            assertThat(link(25e9, slower * alone(25e9)).bytesPerSecondPerGpu())
                    .isCloseTo(25e9, within(1e3));
        }
    }

    @Test
    void transfersThatWaitForRoomInDecodeSayNothingOfTheLink() {
        var seen = seen(0, 9, decoding(100));
        var learnt =
                Calibration.NONE.learn(
                        spec(16), laws(), seen, List.of(window(60, 450, 0, 5)), Lesson.ALWAYS);
        assertThat(learnt.link()).isEqualTo(Residual.NONE);
    }

    @Test
    void kvOfRequestsThatAreStillOnTheirWayIsNotTakenForTheBatch() {
        var running = decoding(40);
        var decode =
                new PoolReading(
                        running.desired(),
                        running.ready(),
                        running.starting(),
                        running.pending(),
                        running.draining(),
                        running.failed(),
                        running.queuedRequests(),
                        UNKNOWN,
                        running.runningRequests(),
                        Reading.of(200),
                        Reading.of(0.4),
                        UNKNOWN);
        var window = window(60, 450, 0, 200);
        var learnt =
                Calibration.NONE.learn(
                        spec(16), laws(), seen(0, 0, decode), List.of(window), Lesson.ALWAYS);
        double resident = 20 * load(15).residentTokensPerSequence();
        assertThat(learnt.decode())
                .isEqualTo(Residual.NONE.learn(laws().decode().stepSeconds(20, resident), 0.012));
    }

    @Test
    void whatIsNotKnownOfEnginesYetIsAMarginOfTheirCapacity() {
        var spec = spec(16);
        double plain = carried(Calibration.NONE, true);
        assertThat(carried(Calibration.NONE, false)).isEqualTo(plain);
        double first = margin(decoded(1));
        double later = margin(decoded(100));
        assertThat(first).isGreaterThan(4 * later).isLessThan(0.2);
        assertThat(later).isBetween(1e-6, 0.02);
        assertThat(decoded(1).expected(spec, laws(), load(10)).itlSeconds(2, 10))
                .isCloseTo(
                        Calibration.NONE.expected(spec, laws(), load(10)).itlSeconds(2, 10),
                        within(1e-9));
    }

    @Test
    void noPromiseIsOutOfReachByTheMarginAlone() {
        var whole = spec(16);
        double alone = laws().decode().stepSeconds(1, load(10).residentTokensPerSequence());
        var strict =
                new ServiceSpec(
                        new Slo(2, 1.01 * alone, 95),
                        16,
                        whole.prefill(),
                        whole.decode(),
                        whole.link(),
                        whole.kvBytesPerToken(),
                        whole.layers(),
                        whole.tuning());
        assertThat(decoded(1).decode().guarded(1.645, 0.25).applyAsDouble(alone))
                .isGreaterThan(1.01 * alone);
        assertThat(decoded(1).capacity(strict, laws(), load(10)).unreachable()).isFalse();
    }

    @Test
    void transfersThatHideBehindPrefillSayNothingOfTheLink() {
        var layerwise = spec(16).withLink(new KvLink(50e9, KvLink.Mode.LAYERWISE, 0.002));
        var windows = List.of(window(60, 450, 0, 0));
        var seen = seen(0, 9, decoding(100));
        assertThat(Calibration.NONE.learn(layerwise, laws(), seen, windows, Lesson.ALWAYS).link())
                .isEqualTo(Residual.NONE);
    }

    /// After so many windows in which decode steps took what the model says.
    private static Calibration decoded(int windows) {
        var residual = Residual.NONE;
        for (int i = 0; i < windows; i++) {
            double modelled = 0.01 + 0.002 * (i % 3);
            residual = residual.learn(modelled, modelled);
        }
        return new Calibration(Residual.NONE, residual, Residual.NONE, Residual.NONE, null);
    }

    private static double carried(Calibration learnt, boolean margin) {
        var capacity =
                margin
                        ? learnt.capacity(spec(16), laws(), load(10))
                        : learnt.expected(spec(16), laws(), load(10));
        return capacity.decodeRequestsPerSecond(2);
    }

    private static double margin(Calibration learnt) {
        return 1 - carried(learnt, true) / carried(learnt, false);
    }

    /// Of 4 requests/s, with no word of how long prefill takes but the mean TTFT.
    private static Snapshot waiting(double at, double ttftSeconds, double queued) {
        var u = UNKNOWN;
        var traffic =
                new TrafficReading(
                        Reading.of(120),
                        false,
                        Reading.of(120),
                        u,
                        Reading.of(3000),
                        u,
                        u,
                        Reading.of(250),
                        u,
                        Reading.of(ttftSeconds),
                        u,
                        Reading.of(0.012),
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of());
        return snapshot(at, pool(FleetCounts.steady(3), queued, 3), decoding(100), traffic);
    }

    private static Laws prefillTakes(double times) {
        var prefill = laws().prefill();
        return new Laws(
                (tokens, squares) -> times * prefill.iterationSeconds(tokens, squares),
                laws().decode());
    }

    private static Calibration after(int cycles, double ttftSeconds, double queued) {
        var known = Calibration.NONE;
        for (int i = 1; i <= cycles; i++) {
            double at = 30 * (i + 1);
            var windows = List.of(window(at - 30, 120, 0, 0), window(at, 120, queued, 0));
            known =
                    known.learn(
                            spec(16),
                            laws(),
                            waiting(at, ttftSeconds, queued),
                            windows,
                            Lesson.ALWAYS);
        }
        return known;
    }

    @Test
    void whereNobodyTellsHowLongPrefillTakesTheMeanTtftDoes() {
        for (double times : new double[] {0.6, 1, 2, 3}) {
            var truth = new Capacity(spec(16), prefillTakes(times), load(4));
            var learnt = after(12, truth.ttftMeanSeconds(3, 4), 0).prefill();
            double modelled = truth.iterationSeconds(4 / 3.0) / times;
            assertThat(learnt.correct(modelled) / modelled)
                    .as("%.1f times", times)
                    .isCloseTo(times, within(0.1 * times));
        }
    }

    @Test
    void thatOfAPipelineTellsItsWholeWay() {
        var staged = prefillTakes(2);
        staged = new Laws(staged.prefill(), staged.decode(), staged.local(), 2);
        var plain = new Laws(laws().prefill(), laws().decode(), laws().local(), 2);
        var truth = new Capacity(spec(16), staged, load(4));
        var known = Calibration.NONE;
        for (int at = 60; at <= 420; at += 30) {
            var windows = List.of(window(at - 30, 120, 0, 0), window(at, 120, 0, 0));
            var seen = waiting(at, truth.ttftMeanSeconds(3, 4), 0);
            known = known.learn(spec(16), plain, seen, windows, Lesson.ALWAYS);
        }
        double modelled = truth.iterationSeconds(4 / 3.0);
        assertThat(known.prefill().correct(modelled) / modelled).isCloseTo(2, within(0.2));
    }

    @Test
    void aTtftBehindAQueueTeachesNothing() {
        assertThat(after(12, 1.5, 20).prefill()).isEqualTo(Residual.NONE);
    }

    /// It may be router, transfer or gateway: more prefill would not help, and is not planned for.
    @Test
    void norDoesABrokenOneWithoutAQueue() {
        assertThat(after(12, 2.5, 0).prefill()).isEqualTo(Residual.NONE);
    }
}
