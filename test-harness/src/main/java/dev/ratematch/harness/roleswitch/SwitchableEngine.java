package dev.ratematch.harness.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.concurrent.CompletionStage;

/// An engine whose role can change while it runs. Called by one thread at a time.
public interface SwitchableEngine {

    /// The job that it does now.
    Role role();

    /// Switches that it has made.
    long epoch();

    /// Whether it has no request, no transfer and no KV cache that nobody has fetched.
    boolean idle();

    /// Whether it must capture CUDA graphs first to take that role.
    boolean captures(Role to);

    /// Begins to switch. The engine is idle.
    CompletionStage<Ending> switchTo(Role to);

    /// How a switch ends.
    enum Ending {
        /// In its new role, one epoch on.
        DONE,
        /// As before; nothing was torn down.
        UNDONE,
        /// Half torn down: only a restart helps.
        BROKEN
    }
}
