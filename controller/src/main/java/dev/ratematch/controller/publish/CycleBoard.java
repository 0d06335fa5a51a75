package dev.ratematch.controller.publish;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.Spent;
import dev.ratematch.controller.service.Service;
import io.micrometer.core.instrument.Timer;

/// Where hosts show their cycles, and that one was not possible: as metrics, and on the console.
/// Safe for threads.
public final class CycleBoard implements AutoCloseable {

    private final CycleMetrics metrics;
    private final ConsolePort console;

    /// A board of these two.
    public CycleBoard(CycleMetrics metrics, ConsolePort console) {
        this.metrics = metrics;
        this.console = console;
    }

    /// A running cycle, to be handed back when it ends.
    public Timer.Sample begin() {
        return metrics.begin();
    }

    /// Shows what a cycle concluded.
    ///
    /// @param record how promises have come out
    /// @param began from `begin`
    public void conclude(
            String namespace,
            String name,
            Service service,
            Cycle cycle,
            TrackRecord record,
            Timer.Sample began) {
        metrics.conclude(namespace, name, cycle, record, began);
        console.cycle(namespace, name, service, cycle, record);
    }

    /// Shows that no cycle was possible.
    ///
    /// @param why in a sentence
    public void refused(String namespace, String name, String why) {
        metrics.refused(namespace, name);
        console.halted(namespace, name, why);
    }

    /// Shows that a cycle ended with an error.
    ///
    /// @param why in a sentence
    public void failed(String namespace, String name, String why) {
        metrics.failed(namespace, name);
        console.halted(namespace, name, why);
    }

    /// Counts a switch of an instance's role that has ended, and what each of its phases took.
    public void switched(String namespace, String name, Result result, Spent spent) {
        metrics.switched(namespace, name, result, spent);
    }

    /// Shows how long an instance has been out of both roles, seconds.
    ///
    /// @param out the longest; 0 where none is
    /// @param allowance how long a switch may keep one out before it is led back
    public void away(String namespace, String name, double out, double allowance) {
        metrics.away(namespace, name, out, allowance);
    }

    /// Takes away what is shown of one.
    public void remove(String namespace, String name) {
        metrics.remove(namespace, name);
        console.forget(namespace, name);
    }

    @Override
    public void close() {
        metrics.close();
    }
}
