package dev.ratematch.controller.guard;

import dev.ratematch.controller.move.Allowance;
import dev.ratematch.controller.observe.Sizes;

/// A change that the plan suggests.
///
/// @param wanted what it comes to
/// @param to as much of that as one move may do
/// @param reason `GROW`, `REBALANCE` or `SHRINK`
/// @param gain a share of the requests, the move's own cost taken off; 0 for fewer replicas
/// @param calm whether nothing presses: no promise is broken and nothing waits
/// @param allowance how far each role may go now
public record Proposal(
        Sizes wanted, Sizes to, Reason reason, double gain, boolean calm, Allowance allowance) {}
