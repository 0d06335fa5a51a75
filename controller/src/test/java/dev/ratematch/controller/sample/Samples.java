package dev.ratematch.controller.sample;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;

/// Small true-to-life inputs. Step times are round numbers in the range of a 70B model on two B200.
public final class Samples {

    /// Why a reading is missing in tests.
    public static final Reading UNKNOWN = new Reading.Unknown("not given");

    private Samples() {}

    /// Step times: 5 ms + 50 us a token; 6 ms + 40 us a sequence + 25 ns a resident token.
    public static Laws laws() {
        return new Laws(
                (tokens, squares) -> 0.005 + 5e-5 * tokens + 1e-10 * squares,
                (sequences, resident) -> 0.006 + 4e-5 * sequences + 2.5e-8 * resident);
    }

    /// A service of two-GPU replicas, 60 s lead time, 2 s TTFT and 30 ms ITL.
    public static ServiceSpec spec(int budgetGpus) {
        return spec(budgetGpus, Tuning.DEFAULT);
    }

    /// The same with another tuning.
    public static ServiceSpec spec(int budgetGpus, Tuning tuning) {
        return spec(budgetGpus, 2, 2, tuning);
    }

    /// The same with other widths.
    public static ServiceSpec spec(int budgetGpus, int prefillGpus, int decodeGpus, Tuning tuning) {
        return new ServiceSpec(
                new Slo(2, 0.03, 95),
                budgetGpus,
                new PoolSpec(prefillGpus, 1, 32, 60, 10, 8192, 256, 1.8e6),
                new PoolSpec(decodeGpus, 1, 32, 60, 60, 8192, 256, 1.8e6),
                new KvLink(50e9, KvLink.Mode.PULL, 0.002),
                163_840,
                80,
                tuning);
    }

    /// A workload of 3,000 tokens in, 250 out.
    public static WorkloadEstimate load(double requestsPerSecond) {
        return new WorkloadEstimate(
                requestsPerSecond, 3000, 3000, 0.8, 250, 0.6, 2, 30, 1, 0, 0, 0, 10);
    }

    /// A window of 30 s.
    public static Window window(double atSeconds, double arrived) {
        return new Window(atSeconds, 30, arrived, 3000, 0.8, 3000, 250, 0.6, 1, 0, 0, 0);
    }

    /// A pool with its replicas and queue; KV unknown.
    public static PoolReading pool(FleetCounts counts, double queued, double running) {
        return new PoolReading(
                        Reading.of(counts.desired()),
                        Reading.of(counts.ready()),
                        Reading.of(counts.starting()),
                        Reading.of(counts.pending()),
                        Reading.of(counts.draining()),
                        Reading.of(counts.failed()),
                        Reading.of(queued),
                        UNKNOWN,
                        Reading.of(running),
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN)
                .withSwitching(counts.switching());
    }

    /// Traffic by counts and means alone.
    public static TrafficReading traffic(Reading arrived, Reading input, Reading output) {
        var u = UNKNOWN;
        return new TrafficReading(
                arrived, false, u, u, input, u, u, output, u, u, u, u, u, u, u, u, u, u, List.of());
    }

    /// A 30 s window of 3,000 in, 250 out, `arrived` requests.
    public static TrafficReading traffic(double arrived) {
        return traffic(Reading.of(arrived), Reading.of(3000), Reading.of(250));
    }

    /// A snapshot with a 30 s window.
    public static Snapshot snapshot(
            double atSeconds, PoolReading prefill, PoolReading decode, TrafficReading traffic) {
        return new Snapshot(atSeconds, Reading.of(30), prefill, decode, traffic, List.of());
    }

    /// A snapshot of a fleet at rest.
    public static Snapshot steady(double atSeconds, int prefill, int decode, double arrived) {
        return snapshot(
                atSeconds,
                pool(FleetCounts.steady(prefill), 0, 1),
                pool(FleetCounts.steady(decode), 0, 30),
                traffic(arrived));
    }
}
