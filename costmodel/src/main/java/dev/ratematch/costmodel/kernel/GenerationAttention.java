package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Decode attention of grouped-query heads, one query token a sequence. Latency follows the number
/// of (sequence, key head) pairs, the context, and the query heads that share a key.
record GenerationAttention() implements KernelFamily {

    @Override
    public String name() {
        return "generation_attention";
    }

    @Override
    public List<String> keyColumns() {
        return List.of("kv_dtype", "head_dim", "window");
    }

    @Override
    public List<String> sizeColumns() {
        return List.of("heads", "kv_heads", "batch", "kv_len");
    }

    @Override
    public double[] position(List<String> key, double[] sizes) {
        return new double[] {
            KernelFamily.log2(sizes[2] * sizes[1]),
            KernelFamily.log2(sizes[3]),
            KernelFamily.log2(sizes[0] / sizes[1])
        };
    }

    @Override
    public double[] spacing() {
        return new double[] {0.5, 1, 1};
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double heads = sizes[0];
        double kvHeads = sizes[1];
        double batch = sizes[2];
        int dim = Integer.parseInt(key.get(1));
        int window = Integer.parseInt(key.get(2));
        double seen = window == 0 ? sizes[3] : Math.min(sizes[3], window);
        double bytes =
                batch
                        * dim
                        * (4 * heads + 2 * kvHeads * seen * Format.labelled(key.get(0)).bytes());
        return Format.labelled(key.get(0))
                .bound(4 * batch * heads * dim * seen, bytes, accelerator);
    }

    @Override
    public double floorMicros(List<String> key) {
        return 10;
    }
}
