package dev.ratematch.controller.host;

import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import java.util.List;

/// One control cycle through the ports: observe, step, command, record. The host's clock decides
/// when. Confined to one thread.
public final class ControlLoop {

    private final Controller controller;
    private final Telemetry telemetry;
    private final Fleet fleet;
    private final Journal journal;
    private State state;

    /// A loop that goes on from `state`.
    public ControlLoop(
            Controller controller, State state, Telemetry telemetry, Fleet fleet, Journal journal) {
        this.controller = controller;
        this.state = state;
        this.telemetry = telemetry;
        this.fleet = fleet;
        this.journal = journal;
    }

    /// Runs one cycle. Telemetry or a fleet that fails leaves the fleet as it is: the first becomes
    /// an unknown snapshot, the second is recorded and tried again in the next cycle.
    public Step cycle(double atSeconds) {
        var snapshot = observe(atSeconds);
        var step = controller.step(state, snapshot);
        state = step.state();
        journal.append(JournalEntry.of(snapshot, null, step, command(step, fleet)));
        return step;
    }

    /// What the next cycle goes on from; worth persisting.
    public State state() {
        return state;
    }

    private Snapshot observe(double atSeconds) {
        return observe(telemetry, atSeconds);
    }

    /// What telemetry sees; where it fails, everything is unknown for that reason.
    public static Snapshot observe(Telemetry telemetry, double atSeconds) {
        try {
            return telemetry.observe(atSeconds);
        } catch (RuntimeException e) {
            String why = "telemetry failed: " + e;
            return new Snapshot(
                    atSeconds,
                    new Reading.Unknown(why),
                    PoolReading.unknown(why),
                    PoolReading.unknown(why),
                    TrafficReading.unknown(why),
                    List.of(why));
        }
    }

    /// Commands what a step decided, and says what went wrong. Shrinks before it grows, so that
    /// GPUs are freed before others are asked for.
    public static List<String> command(Step step, Fleet fleet) {
        if (!(step.decision() instanceof Decision.Resize resize)) {
            return List.of();
        }
        try {
            int prefill = fleet.counts(Role.PREFILL).desired();
            int decode = fleet.counts(Role.DECODE).desired();
            boolean prefillFirst = resize.prefill() < prefill;
            if (prefillFirst) {
                fleet.scale(Role.PREFILL, resize.prefill());
            }
            if (resize.decode() != decode) {
                fleet.scale(Role.DECODE, resize.decode());
            }
            if (resize.prefill() > prefill) {
                fleet.scale(Role.PREFILL, resize.prefill());
            }
            return List.of();
        } catch (RuntimeException e) {
            return List.of(
                    "The fleet did not take %dP%dD: %s"
                            .formatted(resize.prefill(), resize.decode(), e));
        }
    }
}
