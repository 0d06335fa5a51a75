package dev.ratematch.controller.core;

import dev.ratematch.controller.guard.Reason;

/// Why the host does not let the fleet change at present, whatever the plan says.
///
/// @param text one sentence for people: what stands in the way and who can take it away
public record Interlock(Reason reason, String text) {}
