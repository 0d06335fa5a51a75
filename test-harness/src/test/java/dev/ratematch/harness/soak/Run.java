package dev.ratematch.harness.soak;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.RaisedBudget;
import dev.ratematch.controller.core.Resumption;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.JsonLinesJournal;
import dev.ratematch.controller.host.Lines;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.host.StateText;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.replay.NotAJournalException;
import dev.ratematch.controller.replay.Replay;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.InProcess;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.soak.Fault.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One seed from beginning to end.
final class Run {

    private static final double SECOND = 1e9;

    /// Virtual hours in which a fleet that is left whole must have answered everything.
    private static final double AFTER_HOURS = 24;

    private static final Orders PAUSED =
            new Orders(Conduct.CONTROL, new Interlock(Reason.PAUSED, "Somebody said so."));

    private final Scene scene;
    private final Cluster cluster;
    private final ShakyHost host;
    private final Watch watch;
    private final List<String> journal = new ArrayList<>();
    private final JsonLinesJournal written;
    private Service service;
    private EngineTelemetry telemetry;
    private ControlLoop loop;
    private Slo slo;

    private Run(Scene scene) {
        this.scene = scene;
        var exposed = new ExposedCluster(scene.fleet().cluster(), scene.trace());
        this.cluster = exposed.cluster();
        this.host = new ShakyHost(new InProcess(exposed));
        this.watch = new Watch(scene, cluster);
        this.slo = scene.fleet().slo();
        this.written =
                new JsonLinesJournal(
                        new Lines() {
                            @Override
                            public void write(String line) {
                                journal.add(line);
                            }

                            @Override
                            public void close() {}
                        },
                        why -> watch.breach(0, why));
        this.service = ServiceFactory.create(scene.fleet().request(scene.fleet().budget(), slo));
        this.telemetry = telemetry();
        this.loop = ControlLoop.of(service, State.INITIAL, host, written);
    }

    /// What a seed came to.
    ///
    /// @param breaches what did not hold: nothing where all is well
    /// @param restless moves of a steady load that had settled, beyond the one that is allowed
    /// @param reasons how often each was given for a decision
    record Outcome(List<String> breaches, List<String> restless, Map<Reason, Integer> reasons) {

        /// Everything that did not hold.
        List<String> all() {
            var all = new ArrayList<>(breaches);
            all.addAll(restless);
            return all;
        }
    }

    /// Runs a seed.
    static Outcome of(long seed) {
        var run = new Run(Scene.of(seed));
        try {
            run.live();
        } catch (RuntimeException e) {
            var stack = e.getStackTrace();
            run.watch.breach(
                    0,
                    "%s at %s".formatted(e, List.of(stack).subList(0, Math.min(6, stack.length))));
        }
        return new Outcome(run.watch.breaches(), run.watch.restless(), run.watch.reasons());
    }

    private EngineTelemetry telemetry() {
        return new EngineTelemetry(
                host, host::targets, host, slo.percentile(), scene.cycleSeconds());
    }

    private void live() {
        cluster.scale(Role.PREFILL, scene.start().prefill());
        cluster.scale(Role.DECODE, scene.start().decode());
        for (int number = 1; number <= scene.cycles(); number++) {
            double at = number * scene.cycleSeconds();
            cluster.runUntil((long) ((at - scene.cycleSeconds() / 2) * SECOND));
            for (var fault : scene.faults()) {
                if (fault.from() == number) {
                    happen(fault);
                }
            }
            var troubles = troubles(number);
            host.trouble(troubles);
            cluster.blockScheduling(troubles.contains(Kind.NOTHING_STARTS));
            cluster.runUntil((long) (at * SECOND));
            watch.before(loop.state().move());
            watch.after(number, cycle(at, troubles), troubles);
        }
        replayed();
        answered();
    }

    private Cycle cycle(double at, Set<Kind> troubles) {
        return loop.cycle(telemetry, at, troubles.contains(Kind.PAUSED) ? PAUSED : Orders.CONTROL);
    }

    private Set<Kind> troubles(int number) {
        var kinds = EnumSet.noneOf(Kind.class);
        for (var fault : scene.faults()) {
            if (fault.during(number)) {
                kinds.add(fault.kind());
            }
        }
        return kinds;
    }

    /// What happens once, when a fault begins.
    private void happen(Fault fault) {
        switch (fault.kind()) {
            case HOST_LOST -> cluster.loseHost(fault.size() % 3);
            case COUNTERS_RESET -> host.resetCounters();
            case BUDGET -> change(fault.size(), slo);
            case PROMISE ->
                    change(
                            service.spec().budgetGpus(),
                            new Slo(
                                    slo.ttftSeconds() * (0.5 + fault.size() / 50.0),
                                    slo.itlSeconds() * (0.7 + fault.size() / 100.0),
                                    slo.percentile()));
            case SCALED_BY_HAND -> {
                var role = fault.size() % 2 == 0 ? Role.PREFILL : Role.DECODE;
                cluster.scale(role, 1 + fault.size() % service.spec().pool(role).maxReplicas());
            }
            case RESTARTED -> restart(loop.state());
            case RESTARTED_FROM_MEMORY -> restart(loop.state().remembered());
            default -> {
                // It lasts, and is seen while it does.
            }
        }
    }

    /// As the operator does when the spec changes.
    private void change(int budget, Slo promise) {
        int before = service.spec().budgetGpus();
        slo = promise;
        service = ServiceFactory.create(scene.fleet().request(budget, promise));
        var kept = Resumption.of(loop.state().retuned(), service.spec(), null);
        loop.resume(service, RaisedBudget.of(kept, before, service.spec()).state());
    }

    private void restart(State saved) {
        var read = StateText.read(StateText.write(service.identity(), saved)).state();
        telemetry = telemetry();
        loop =
                ControlLoop.of(
                        service, Resumption.of(read, service.spec(), null).state(), host, written);
    }

    private void replayed() {
        if (journal.stream().anyMatch(line -> line.contains("NaN"))) {
            watch.breach(0, "a journal line has a number that is none");
        }
        try {
            var replay = new Replay();
            journal.forEach(replay::line);
            var end = replay.end();
            if (end.cycles() != scene.cycles() || end.skipped() > 0 || !end.identical()) {
                watch.breach(
                        0,
                        "%d cycles are %d in the journal, %d skipped, first difference %s, %s"
                                .formatted(
                                        scene.cycles(),
                                        end.cycles(),
                                        end.skipped(),
                                        end.first(),
                                        end.notes()));
            }
        } catch (NotAJournalException e) {
            watch.breach(0, "the journal is none: " + e.getMessage());
        }
    }

    /// Whatever happened, each request ends or is named as lost once the fleet is left whole.
    private void answered() {
        host.trouble(Set.of());
        cluster.blockScheduling(false);
        cluster.scale(Role.PREFILL, scene.start().prefill());
        cluster.scale(Role.DECODE, scene.start().decode());
        double from = scene.cycles() * scene.cycleSeconds();
        for (double hour = 0.25; hour <= AFTER_HOURS && cluster.inside() > 0; hour += 0.25) {
            cluster.runUntil((long) ((from + hour * 3600) * SECOND));
        }
        var log = cluster.log();
        int ended = 0;
        int named = 0;
        for (int n = 0; n < scene.trace().requests().size(); n++) {
            ended += log.endNanos(n) >= 0 ? 1 : 0;
            named += log.wasDropped(n) ? 1 : 0;
        }
        int all = scene.trace().requests().size();
        if (cluster.offered() != all || ended + named != all) {
            watch.breach(
                    0,
                    "of %d requests %d arrived, %d ended and %d were named as lost"
                            .formatted(all, cluster.offered(), ended, named));
        }
        boolean killed =
                scene.fleet().cluster().drainGraceSeconds() < Scene.PATIENT_SECONDS
                        || scene.faults().stream().anyMatch(f -> f.kind() == Kind.HOST_LOST);
        if (named > 0 && !killed) {
            watch.breach(0, "%d requests were lost although nothing was killed".formatted(named));
        }
    }
}
