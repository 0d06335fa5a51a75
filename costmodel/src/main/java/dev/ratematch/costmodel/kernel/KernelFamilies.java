package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.units.Names;
import java.util.List;

/// The kernel families that the cost model knows.
public final class KernelFamilies {

    private KernelFamilies() {}

    /// Matrix products.
    static final KernelFamily GEMM = new Gemm();

    /// Prefill attention of grouped-query heads.
    static final KernelFamily CONTEXT_ATTENTION = new ContextAttention();

    /// Decode attention of grouped-query heads.
    static final KernelFamily GENERATION_ATTENTION = new GenerationAttention();

    /// Prefill of latent attention.
    static final KernelFamily MLA_CONTEXT = new LatentAttention(true);

    /// Decode of latent attention.
    static final KernelFamily MLA_GENERATION = new LatentAttention(false);

    /// Absorbed projections of latent attention.
    static final KernelFamily MLA_PROJECTION = new LatentProjection();

    /// Routed experts.
    static final KernelFamily EXPERTS = new Experts();

    /// Routed experts on many ranks.
    static final KernelFamily WIDE_EXPERTS = new WideExperts();

    /// Tokens to the ranks of their experts.
    static final KernelFamily ALL_TO_ALL = new AllToAll();

    /// All families, by the name of the file that their measurements come in.
    public static final List<KernelFamily> ALL =
            List.of(
                    GEMM,
                    CONTEXT_ATTENTION,
                    GENERATION_ATTENTION,
                    MLA_CONTEXT,
                    MLA_GENERATION,
                    MLA_PROJECTION,
                    EXPERTS,
                    WIDE_EXPERTS,
                    Collective.ALL_REDUCE,
                    Collective.NCCL,
                    ALL_TO_ALL,
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
