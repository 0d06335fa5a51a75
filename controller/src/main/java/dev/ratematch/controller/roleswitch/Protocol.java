package dev.ratematch.controller.roleswitch;

import java.util.Locale;

/// How an instance is told its role.
public enum Protocol {

    /// `POST /pd_role_switch` of SGLang.
    SGLANG,

    /// `/v1/pd_role` of vLLM, a draft.
    VLLM,

    /// The engine does either job as it is asked (`kv_both`): its role is where the router sends
    /// to.
    LABEL;

    /// The name used in specs, JSON and messages.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether there is an engine to ask: its role is then what it says, and not its label.
    public boolean asksEngine() {
        return this != LABEL;
    }
}
