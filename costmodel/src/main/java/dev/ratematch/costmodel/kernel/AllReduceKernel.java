package dev.ratematch.costmodel.kernel;

/// All-reduce kernels that were measured, one an engine.
public enum AllReduceKernel {
    TRTLLM("TRTLLM"),
    VLLM("vLLM_custom_graph"),
    SGLANG("SGLang_CustomAllReduce_graph");

    private final String label;

    AllReduceKernel(String label) {
        this.label = label;
    }

    /// As measurements spell it.
    String label() {
        return label;
    }
}
