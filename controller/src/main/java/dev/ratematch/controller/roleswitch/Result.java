package dev.ratematch.controller.roleswitch;

import java.util.Locale;

/// How a transaction ends.
public enum Result {
    /// In its new pool, seen in its new role.
    SWITCHED,
    /// The engine refused and serves on in its old pool; tried again later.
    REFUSED,
    /// The engine refused and cannot be trusted any more, or its switch failed: pod replaced.
    UNSAFE,
    /// The engine did not tell its role in time, so that no pool is right for it: pod replaced.
    LOST,
    /// It did not drain in time.
    DRAIN_TIMED_OUT,
    /// It did not switch in time and is still in its old role.
    SWITCH_TIMED_OUT,
    /// It said that it switched, and did not.
    UNCHANGED,
    /// It did not answer whether it takes switches.
    NOT_ANSWERED,
    /// It takes none.
    NOT_OFFERED,
    /// It wants another API key.
    UNAUTHORISED,
    /// The wanted counts turned round before it was told to switch.
    TURNED_ROUND,
    /// Its old pool fell to its minimum before it was told to switch.
    NEEDED,
    /// Its engine started anew on the way.
    RESTARTED,
    /// Somebody else changed its label or its role on the way.
    CONFLICT,
    /// It is gone.
    VANISHED,
    /// Its label did not say the role that it has, and does now.
    PUT_RIGHT;

    /// The name used in JSON, metrics and messages.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the engine said no, or did not do as told: it is left alone for a while.
    boolean refusal() {
        return switch (this) {
            case REFUSED,
                    DRAIN_TIMED_OUT,
                    SWITCH_TIMED_OUT,
                    UNCHANGED,
                    NOT_ANSWERED,
                    NOT_OFFERED,
                    UNAUTHORISED,
                    CONFLICT ->
                    true;
            case SWITCHED, UNSAFE, LOST, TURNED_ROUND, NEEDED, RESTARTED, VANISHED, PUT_RIGHT ->
                    false;
        };
    }
}
