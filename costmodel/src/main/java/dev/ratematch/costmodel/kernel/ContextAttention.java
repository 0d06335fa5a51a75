package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Causal prefill attention of grouped-query heads. Latency follows the number of (request, head)
/// pairs, the length, and the query heads that share a key.
record ContextAttention() implements KernelFamily {

    @Override
    public String name() {
        return "context_attention";
    }

    @Override
    public List<String> keyColumns() {
        return List.of("attn_dtype", "kv_dtype", "head_dim", "window");
    }

    @Override
    public List<String> sizeColumns() {
        return List.of("heads", "kv_heads", "batch", "isl");
    }

    @Override
    public double[] position(List<String> key, double[] sizes) {
        return new double[] {
            KernelFamily.log2(sizes[2] * sizes[0]),
            KernelFamily.log2(sizes[3]),
            KernelFamily.log2(sizes[0] / sizes[1])
        };
    }

    @Override
    public double[] spacing() {
        return new double[] {0.5, 0, 2};
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double heads = sizes[0];
        double kvHeads = sizes[1];
        double batch = sizes[2];
        double tokens = sizes[3];
        int dim = Integer.parseInt(key.get(2));
        int window = Integer.parseInt(key.get(3));
        double squares = tokens * tokens;
        double seen = window == 0 ? squares : Math.min(squares, 2 * tokens * window);
        double bytes =
                batch
                        * tokens
                        * dim
                        * (4 * heads + 2 * kvHeads * Format.labelled(key.get(1)).bytes());
        return Format.labelled(key.get(0))
                .bound(2 * batch * heads * dim * seen, bytes, accelerator);
    }

    @Override
    public double floorMicros(List<String> key) {
        return 14;
    }
}
