package dev.ratematch.controller.telemetry.dialect;

import java.util.Locale;

/// One thing that a pod can tell, whatever its engine calls it.
public enum Fact {
    RUNNING("requests in execution"),
    WAITING("requests that wait, those that wait for KV included"),
    WAITING_FOR_KV("requests that wait for KV or for room for it"),
    HELD("requests that are held back before an engine has them"),
    HELD_FOR_DECODE("requests that the router holds back for decode"),
    QUEUED_TOKENS("input tokens that wait for prefill"),
    HELD_TOKENS("input tokens that the router holds back"),
    IN_SYSTEM("requests that have come and not ended, each counted once over both roles"),
    KV_USED("share of KV in use"),
    KV_CAPACITY("KV tokens that one replica can hold"),
    KV_BLOCKS("KV blocks that one replica can hold"),
    KV_BLOCK_TOKENS("tokens of a KV block"),
    STARTED("requests that have come"),
    ENDED("requests that have ended, whichever way"),
    FINISHED("requests that have ended well"),
    LOST("requests that were aborted or failed"),
    REFUSED("requests that were refused"),
    SAMPLES("samples that a request asks for"),
    INPUT_TOKENS("input lengths"),
    COMPUTED_TOKENS("input lengths without prefix hits"),
    LOCAL_TOKENS("input tokens that this pod computed"),
    SOURCED_TOKENS("input tokens from wherever they came"),
    PREFIX_HITS("input tokens found in a prefix cache, per input token"),
    LOCAL_SHARE("share of requests prefilled by decode"),
    FIRST_TOKEN("time to first token within this pod"),
    TTFT("time to first token since arrival"),
    PREFILL_TIME("time in prefill execution"),
    PREFILL_CHUNK_TIME("time in prefill execution of all chunks but the last"),
    OUTPUT_TOKENS("output lengths"),
    EVENT_GAP("time between output events, which may carry several tokens"),
    ITL("time per output token"),
    GENERATED("output tokens"),
    ACCEPTED_DRAFTS("accepted draft tokens per draft"),
    ACCEPT_LENGTH("tokens per decode step and sequence"),
    TRANSFER_TIME("KV transfer time");

    private final String description;

    Fact(String description) {
        this.description = description;
    }

    /// The name used in the catalogue, in settings and in messages.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What it is, for people.
    public String description() {
        return description;
    }
}
