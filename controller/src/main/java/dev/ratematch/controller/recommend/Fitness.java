package dev.ratematch.controller.recommend;

import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Finding;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a doctor finds wrong with telemetry that advice must not be built on.
public final class Fitness {

    /// What makes figures wrong, instead of fewer or older: those are Unknown and Stale already.
    private static final Set<Check> DECISIVE =
            EnumSet.of(Check.ROLE, Check.UNIT, Check.PLAUSIBLE, Check.LABELLED);

    /// A fleet may be above its budget after a cut of the budget; above twice it, it is the width
    /// of a replica or the budget that is given wrong.
    private static final double BUDGETS_PLAUSIBLE = 2;

    private Fitness() {}

    /// Why no advice may be given; empty where it may.
    public static Optional<Interlock> objection(
            Service service, Snapshot snapshot, List<Finding> findings) {
        var against = new ArrayList<String>();
        findings.stream()
                .filter(f -> f.verdict() == Verdict.FAULT && DECISIVE.contains(f.check()))
                .map(f -> "%s %s: %s".formatted(f.source().label(), f.subject(), said(f)))
                .forEach(against::add);
        var spec = service.spec();
        if (held(spec, snapshot) > BUDGETS_PLAUSIBLE * spec.budgetGpus()) {
            overBudget(spec, snapshot).map(Fitness::said).ifPresent(against::add);
        }
        if (against.isEmpty()) {
            return Optional.empty();
        }
        int more = against.size() - 1;
        return Optional.of(
                new Interlock(
                        Reason.TELEMETRY_INCONSISTENT,
                        "%s.%s"
                                .formatted(
                                        against.getFirst(),
                                        more == 0
                                                ? ""
                                                : " %d more %s; `ratematch doctor` shows all."
                                                        .formatted(
                                                                more,
                                                                more == 1 ? "fault" : "faults"))));
    }

    /// That the fleet holds more than its budget, and what may be wrong about it; empty where it
    /// does not.
    public static Optional<Finding> overBudget(ServiceSpec spec, Snapshot snapshot) {
        int held = held(spec, snapshot);
        if (held <= spec.budgetGpus()) {
            return Optional.empty();
        }
        return Optional.of(
                new Finding(
                        Source.DECODE,
                        "all",
                        Check.READY,
                        Verdict.FAULT,
                        "%d prefill replicas of %d GPUs and %d decode replicas of %d hold %d GPUs, the budget is %d"
                                .formatted(
                                        replicas(snapshot, Role.PREFILL),
                                        spec.pool(Role.PREFILL).gpusPerReplica(),
                                        replicas(snapshot, Role.DECODE),
                                        spec.pool(Role.DECODE).gpusPerReplica(),
                                        held,
                                        spec.budgetGpus()),
                        "correct --gpus, --prefill-parallel or --decode-parallel, or give --prefill-replicas and --decode-replicas where several pods make a replica"));
    }

    /// A fault as one sentence, without its end.
    static String said(Finding fault) {
        return "%s; %s".formatted(fault.what(), fault.fix());
    }

    private static int held(ServiceSpec spec, Snapshot snapshot) {
        return spec.gpus(
                new Sizes(replicas(snapshot, Role.PREFILL), replicas(snapshot, Role.DECODE)));
    }

    private static int replicas(Snapshot snapshot, Role role) {
        return (int) snapshot.pool(role).desired().orElse(0);
    }
}
