package dev.ratematch.controller.publish;

import dev.ratematch.controller.roleswitch.Phase;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.Spent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The switches of one RateMatcher as metrics. There are none until the first switch. Safe for
/// threads.
public final class SwitchMetrics {

    /// Switches of an instance's role by how they ended.
    public static final String SWITCHES = CycleMetric.PREFIX + "switches";

    /// What a phase of a switch took.
    public static final String PHASE = CycleMetric.PREFIX + "switch.phase";

    /// How long an instance has been out of both roles.
    public static final String OUT = CycleMetric.PREFIX + "switch.out.seconds";

    /// How long a switch may keep one out.
    public static final String ALLOWANCE = CycleMetric.PREFIX + "switch.out.allowance.seconds";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<String, Meter> meters = new HashMap<>();
    private volatile double out;
    private volatile double allowance;

    SwitchMetrics(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    synchronized void ended(Result result, Spent spent) {
        var counter =
                (Counter)
                        meters.computeIfAbsent(
                                "result " + result.label(),
                                _ ->
                                        Counter.builder(SWITCHES)
                                                .description("Role switches by result.")
                                                .tags(tags.and("result", result.label()))
                                                .register(registry));
        counter.increment();
        phase(Phase.ASKING, spent.asking());
        phase(Phase.DRAINING, spent.draining());
        phase(Phase.SWITCHING, spent.switching());
        phase(Phase.VERIFYING, spent.verifying());
        phase(Phase.RESTORING, spent.restoring());
    }

    /// One that was not gone through takes no time.
    private void phase(Phase phase, double seconds) {
        if (seconds <= 0) {
            return;
        }
        var timer =
                (Timer)
                        meters.computeIfAbsent(
                                "phase " + phase.label(),
                                _ ->
                                        Timer.builder(PHASE)
                                                .description(
                                                        "Duration of a phase of a role switch.")
                                                .tags(tags.and("phase", phase.label()))
                                                .register(registry));
        timer.record((long) (1e3 * seconds), TimeUnit.MILLISECONDS);
    }

    synchronized void away(double outSeconds, double allowanceSeconds) {
        out = outSeconds;
        allowance = allowanceSeconds;
        var _ =
                meters.computeIfAbsent(
                        OUT,
                        _ ->
                                gauge(
                                        Gauge.builder(OUT, this, of -> of.out)
                                                .description(
                                                        "Longest time that an instance "
                                                                + "has currently been out of both "
                                                                + "roles; 0 if none is.")));
        var _ =
                meters.computeIfAbsent(
                        ALLOWANCE,
                        _ ->
                                gauge(
                                        Gauge.builder(ALLOWANCE, this, of -> of.allowance)
                                                .description(
                                                        "Maximum time that a switch may "
                                                                + "keep an instance out of both "
                                                                + "roles.")));
    }

    private Meter gauge(Gauge.Builder<SwitchMetrics> builder) {
        return builder.tags(tags).strongReference(true).register(registry);
    }

    synchronized void clear() {
        meters.values().forEach(registry::remove);
        meters.clear();
    }
}
