package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import org.jspecify.annotations.Nullable;

/// The pool that an instance is in by its label, which is where routers look.
public enum Home {
    PREFILL,
    DECODE,

    /// In no pool: nothing is routed to it.
    NEITHER;

    /// The pool of a role.
    public static Home of(Role role) {
        return role == Role.PREFILL ? PREFILL : DECODE;
    }

    /// The role whose pool this is; null for none.
    public @Nullable Role role() {
        return switch (this) {
            case PREFILL -> Role.PREFILL;
            case DECODE -> Role.DECODE;
            case NEITHER -> null;
        };
    }

    /// The lower-case name used in messages.
    public String label() {
        var role = role();
        return role == null ? "neither" : role.label();
    }
}
