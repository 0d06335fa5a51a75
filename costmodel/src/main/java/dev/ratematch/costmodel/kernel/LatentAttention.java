package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Multi-head latent attention of DeepSeek's geometry (576 wide latent, hidden 7168, query rank
/// 1536): the attention kernel alone, or the whole module with its projections.
///
/// @param context prefill when true; decode, with absorbed projections, when false
record LatentAttention(boolean context) implements KernelFamily {

    @Override
    public String name() {
        return context ? "mla_context" : "mla_generation";
    }

    @Override
    public List<String> keyColumns() {
        return List.of("level", "kv_dtype", "gemm_dtype");
    }

    @Override
    public List<String> sizeColumns() {
        return List.of("heads", "batch", context ? "isl" : "kv_len");
    }

    @Override
    public double[] position(List<String> key, double[] sizes) {
        double size = context ? sizes[1] * sizes[2] : sizes[1];
        return new double[] {
            KernelFamily.log2(size), KernelFamily.log2(sizes[2]), KernelFamily.log2(sizes[0])
        };
    }

    @Override
    public double[] spacing() {
        return context ? new double[] {0.5, 0, 1} : new double[] {1, 1, 1};
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double heads = sizes[0];
        double batch = sizes[1];
        double length = sizes[2];
        double attention;
        double tokens;
        if (context) {
            double flop = batch * heads * 320 * length * length;
            attention = Format.BFLOAT16.bound(flop, 0, accelerator);
            tokens = batch * length;
        } else {
            double bytes =
                    batch * (2176 * heads + 576 * length * Format.labelled(key.get(1)).bytes());
            double flop = 2 * batch * heads * 1088 * length;
            attention = Format.labelled(key.get(1)).bound(flop, bytes, accelerator);
            tokens = batch;
        }
        if (!module(key)) {
            return attention;
        }
        Format format = Format.labelled(key.get(2));
        double inner = context ? 512 * 256 * heads : 2 * 512 * 128 * heads;
        double weights = 7168 * 2112.0 + 1536 * 192 * heads + inner + 7168 * 128 * heads;
        return attention
                + format.bound(2 * tokens * weights, format.bytes() * weights, accelerator);
    }

    @Override
    public double floorMicros(List<String> key) {
        return (context ? 15 : 10) + (module(key) ? 20 : 0);
    }

    private static boolean module(List<String> key) {
        return key.getFirst().equals("module");
    }
}
