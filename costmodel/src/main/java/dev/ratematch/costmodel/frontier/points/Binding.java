package dev.ratematch.costmodel.frontier.points;

/// What keeps a worker from carrying more.
public enum Binding {
    /// A larger prefill batch would miss the time to first token.
    TTFT("time to first token"),
    /// A larger decode batch would miss the inter-token latency.
    ITL("inter-token latency"),
    /// The KV cache is full.
    KV_MEMORY("KV cache memory"),
    /// The tokens of one prefill iteration are spent; prefill compute is saturated there.
    ITERATION_TOKENS("prefill compute"),
    /// Engines do not run more sequences.
    SEQUENCES("sequences per engine"),
    /// The link out of a prefill GPU.
    EGRESS("KV egress"),
    /// The link into a decode GPU.
    INGRESS("KV ingress");

    private final String label;

    Binding(String label) {
        this.label = label;
    }

    /// For people.
    public String label() {
        return label;
    }
}
