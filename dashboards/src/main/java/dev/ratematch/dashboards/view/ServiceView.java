package dev.ratematch.dashboards.view;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.NextMove;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that is shown of a service's latest cycle.
///
/// @param told replicas to command or to tell now
/// @param interlock what kept the fleet from changing, in a sentence; null where nothing did
/// @param broken promises that are measured to be broken: TTFT, ITL
/// @param notes what was noticed and could not be acted on
public record ServiceView(
        ServiceRow row,
        Shape shape,
        String conduct,
        String decision,
        String text,
        @Nullable Pair told,
        @Nullable String interlock,
        List<String> broken,
        TrafficView traffic,
        List<PoolView> pools,
        @Nullable ModelView model,
        @Nullable NextView next,
        @Nullable MoveView move,
        LedgerView ledger,
        List<String> notes) {

    public ServiceView {
        broken = List.copyOf(broken);
        pools = List.copyOf(pools);
        notes = List.copyOf(notes);
    }

    /// What is served, and how.
    public record Shape(
            String engine, String precision, String prefillParallel, String decodeParallel) {

        static Shape of(Service service) {
            return new Shape(
                    service.engine(),
                    service.precision(),
                    service.prefillParallel(),
                    service.decodeParallel());
        }
    }

    /// The change that is made or would be made next.
    ///
    /// @param gain in served share of what is planned for; null where unknown
    /// @param gpus that it holds more; below zero for fewer
    /// @param heldBy reason why it is not made; null where it is
    public record NextView(
            @Nullable Pair from,
            @Nullable Pair to,
            @Nullable Double gain,
            int gpus,
            @Nullable String heldBy) {

        static @Nullable NextView of(Cycle cycle) {
            var next = NextMove.of(cycle);
            if (next == null) {
                return null;
            }
            var held = next.heldBy();
            return new NextView(
                    Pair.of(cycle.spec(), next.from()),
                    Pair.of(cycle.spec(), next.to()),
                    next.gain(),
                    next.gpus(),
                    held == null ? null : held.name());
        }
    }

    /// The move under way.
    ///
    /// @param deadlineSeconds when its direction must have ended, or it is taken back
    /// @param steps it was seen in, the present one last
    public record MoveView(
            @Nullable Pair from,
            @Nullable Pair to,
            String phase,
            double startedSeconds,
            double deadlineSeconds,
            List<MoveStep> steps) {

        public MoveView {
            steps = List.copyOf(steps);
        }

        static @Nullable MoveView of(ServiceSpec spec, @Nullable Move move, List<MoveStep> steps) {
            return move == null
                    ? null
                    : new MoveView(
                            Pair.of(spec, move.from()),
                            Pair.of(spec, move.to()),
                            move.phase().name(),
                            move.startedSeconds(),
                            move.deadlineSeconds(),
                            steps);
        }
    }

    /// Of a cycle.
    public static ServiceView of(String id, String title, Seen seen) {
        var cycle = seen.cycle();
        var spec = cycle.spec();
        var why = cycle.explanation();
        var lock = cycle.interlock();
        return new ServiceView(
                ServiceRow.of(id, title, seen),
                Shape.of(seen.service()),
                cycle.conduct().label(),
                cycle.decision().label(),
                why.text(),
                Pair.of(spec, cycle.told().sizes()),
                lock == null ? null : lock.text(),
                cycle.breaches().stream().map(breach -> breach.promise()).toList(),
                TrafficView.of(cycle.snapshot()),
                List.of(PoolView.of(cycle, Role.PREFILL), PoolView.of(cycle, Role.DECODE)),
                ModelView.of(spec, why.assessment()),
                NextView.of(cycle),
                MoveView.of(spec, cycle.open(), seen.steps()),
                LedgerView.of(seen.record()),
                notes(seen));
    }

    /// Each once; what is the reason already is no note beside it.
    private static List<String> notes(Seen seen) {
        var all = new LinkedHashSet<>(seen.cycle().snapshot().warnings());
        for (var note : seen.cycle().snapshot().traffic().flow().notes()) {
            all.add("%s: %s".formatted(note.kind().label(), note.text()));
        }
        all.addAll(seen.service().warnings());
        all.removeIf(seen.cycle().explanation().text()::contains);
        return List.copyOf(all);
    }
}
