package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Tokens to the ranks of their experts and back, over NVLink. `tokens` are those of one rank.
record AllToAll() implements KernelFamily {

    /// How much longer bytes take, as measured on GB200, where ranks are on more than one tray.
    private static final double BETWEEN_HOSTS = 1.5;

    /// What `prepare` tells a rank of a token, bytes: a guess, and next to nothing beside its
    /// floor.
    private static final double ROUTE = 4;

    @Override
    public String name() {
        return "alltoall";
    }

    @Override
    public List<String> keyColumns() {
        return List.of("kernel", "phase", "dtype", "hidden", "topk", "experts", "sms");
    }

    @Override
    public List<String> sizeColumns() {
        return List.of("ep", "tokens");
    }

    @Override
    public double[] spacing() {
        return new double[] {1, 1};
    }

    @Override
    public double twist() {
        return 0.3;
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double copies = copies(sizes[0], Double.parseDouble(key.get(4)));
        return 1e6 * sizes[1] * copies * bytes(key) / accelerator.nvlinkBytesPerSecond();
    }

    @Override
    public double referenceMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double slower = sizes[0] > accelerator.hostGpus() ? BETWEEN_HOSTS : 1;
        return slower * rooflineMicros(key, sizes, accelerator) / REACHABLE + floorMicros(key);
    }

    /// Other ranks that random routing is expected to send a token to: experts on one rank share a
    /// copy.
    private static double copies(double ranks, double topK) {
        return (ranks - 1) * (1 - StrictMath.pow(1 - 1 / ranks, topK));
    }

    /// Bytes of a copy: what prepares says where tokens go, what dispatches carries them in the
    /// format of the products (DeepEP, which names none, in FP8), what combines brings BF16 back
    /// unless it says otherwise.
    private static double bytes(List<String> key) {
        double hidden = Double.parseDouble(key.get(3));
        Format format = key.get(2).isEmpty() ? Format.FP8 : Format.labelled(key.get(2));
        return switch (key.get(1)) {
            case "prepare" -> ROUTE;
            case "combine" -> 2 * hidden;
            default -> format.bytes() * hidden;
        };
    }

    @Override
    public double floorMicros(List<String> key) {
        return 10;
    }
}
