package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.units.Names;
import java.util.List;

/// The kernel families that the cost model knows.
public final class KernelFamilies {

    private KernelFamilies() {}

    /// All families, by the name of the file that their measurements come in.
    public static final List<KernelFamily> ALL =
            List.of(
                    new Gemm(),
                    new ContextAttention(),
                    new GenerationAttention(),
                    new LatentAttention(true),
                    new LatentAttention(false),
                    new LatentProjection(),
                    new Experts(),
                    new WideExperts(),
                    Collective.ALL_REDUCE,
                    Collective.NCCL,
                    new AllToAll(),
                    Collective.QUANTIZE);

    /// Family of that name.
    public static KernelFamily named(String name) {
        for (KernelFamily family : ALL) {
            if (family.name().equals(name)) {
                return family;
            }
        }
        throw Names.unknown("kernel family", name, ALL.stream().map(KernelFamily::name).toList());
    }
}
