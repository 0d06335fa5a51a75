package dev.ratematch.controller.host;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The one control loop: observe, step, announce, command, record. Every host runs this and nothing
/// else to decide; the host's clock says when. Confined to one thread.
public final class ControlLoop {

    private final Journal journal;
    private final @Nullable Fleet fleet;
    private final Repetition repetition = new Repetition();
    private Controller controller;
    private State state;

    /// A loop that goes on from `state`.
    ///
    /// @param fleet that counts are commanded to; null where the host carries them out itself
    public ControlLoop(
            ServiceSpec spec, Laws laws, State state, @Nullable Fleet fleet, Journal journal) {
        this.controller = new Controller(spec, laws);
        this.state = state;
        this.fleet = fleet;
        this.journal = journal;
    }

    /// A loop on a service, which the journal is told of.
    public static ControlLoop of(
            Service service, State state, @Nullable Fleet fleet, Journal journal) {
        journal.service(service, state);
        return new ControlLoop(service.spec(), service.laws(), state, fleet, journal);
    }

    /// Goes on with another service, or from another state.
    public void resume(Service service, State from) {
        journal.service(service, from);
        controller = new Controller(service.spec(), service.laws());
        state = from;
    }

    /// Runs one cycle on what telemetry sees. A fleet that fails is recorded, and tried again in
    /// the next cycle.
    public Cycle cycle(Telemetry telemetry, double atSeconds, Orders orders) {
        return decide(observe(telemetry, atSeconds), orders);
    }

    /// Runs one cycle on a snapshot.
    public Cycle decide(Snapshot snapshot, Orders orders) {
        var step = controller.step(state, snapshot, orders.conduct(), orders.interlock());
        var cycle = step.cycle();
        state = step.state();
        journal.decided(cycle, state);
        journal.append(new JournalEntry(cycle, commanded(cycle), state));
        return cycle;
    }

    /// Runs one cycle on a snapshot unless there is nothing new to say: no new scrape, no open
    /// move, the same replicas and the same around it as a look ago.
    ///
    /// @param around whatever else an answer is made of
    public Optional<Cycle> news(Snapshot snapshot, Orders orders, List<@Nullable Object> around) {
        return repetition.of(state, snapshot, around)
                ? Optional.empty()
                : Optional.of(decide(snapshot, orders));
    }

    /// What the next cycle goes on from; worth persisting.
    public State state() {
        return state;
    }

    /// What telemetry sees; where it fails, everything is unknown for that reason.
    public static Snapshot observe(Telemetry telemetry, double atSeconds) {
        try {
            return telemetry.observe(atSeconds);
        } catch (RuntimeException e) {
            return Snapshot.unknown(atSeconds, "telemetry failed: " + Fault.of(e));
        }
    }

    private List<String> commanded(Cycle cycle) {
        return fleet != null && cycle.acts() && cycle.decision() instanceof Decision.Resize resize
                ? command(resize.sizes(), fleet)
                : List.of();
    }

    /// Commands a pair, and says what went wrong. Shrinks before it grows, so that GPUs are freed
    /// before others are asked for.
    private static List<String> command(Sizes sizes, Fleet fleet) {
        try {
            int prefill = fleet.counts(Role.PREFILL).desired();
            int decode = fleet.counts(Role.DECODE).desired();
            boolean prefillFirst = sizes.prefill() < prefill;
            if (prefillFirst) {
                fleet.scale(Role.PREFILL, sizes.prefill());
            }
            if (sizes.decode() != decode) {
                fleet.scale(Role.DECODE, sizes.decode());
            }
            if (sizes.prefill() > prefill) {
                fleet.scale(Role.PREFILL, sizes.prefill());
            }
            return List.of();
        } catch (RuntimeException e) {
            return List.of("The fleet did not take %s: %s".formatted(sizes.ratio(), Fault.of(e)));
        }
    }
}
