package dev.ratematch.harness.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// An engine that does what a test says.
final class StandInEngine implements SwitchableEngine {

    private Role role;
    private long epoch;
    private boolean idle = true;
    private boolean graphs = true;
    private Ending ending = Ending.DONE;
    private boolean slow;
    private int switches;
    private CompletableFuture<Ending> running = new CompletableFuture<>();
    private Role to = Role.PREFILL;

    StandInEngine(Role role) {
        this.role = role;
    }

    synchronized StandInEngine busy(boolean busy) {
        idle = !busy;
        return this;
    }

    synchronized StandInEngine withoutGraphs() {
        graphs = false;
        return this;
    }

    synchronized StandInEngine ending(Ending how) {
        ending = how;
        return this;
    }

    /// A switch ends when the test says so.
    synchronized StandInEngine slow() {
        slow = true;
        return this;
    }

    synchronized int switches() {
        return switches;
    }

    @Override
    public synchronized Role role() {
        return role;
    }

    @Override
    public synchronized long epoch() {
        return epoch;
    }

    @Override
    public synchronized boolean idle() {
        return idle;
    }

    @Override
    public synchronized boolean captures(Role next) {
        return next == Role.DECODE && !graphs;
    }

    @Override
    public synchronized CompletionStage<Ending> switchTo(Role next) {
        switches++;
        to = next;
        running = new CompletableFuture<>();
        if (!slow) {
            end();
        }
        return running;
    }

    synchronized void end() {
        if (ending == Ending.DONE) {
            role = to;
            epoch++;
            graphs |= to == Role.DECODE;
        }
        running.complete(ending);
    }
}
