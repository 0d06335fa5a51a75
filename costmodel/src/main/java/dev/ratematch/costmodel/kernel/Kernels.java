package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.WeightType;
import dev.ratematch.costmodel.units.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Latencies of the kernels of one system by what they compute. Composition rules follow NVIDIA's
/// aiconfigurator (docs/model.md names each).
public final class Kernels {

    private static final double MICROS = 1e6;

    /// Share of the memory bandwidth that elementwise kernels reach, and their launch floor
    /// (aiconfigurator, system files).
    private static final double MEMORY_SHARE = 0.8;

    private static final double MEMORY_FLOOR_MICROS = 3;

    private final KernelProfile profile;
    private final Accelerator accelerator;
    private final ExpertKernels experts;
    private final CollectiveKernels collectives;
    private final FamilyProfile gemm;
    private final FamilyProfile context;
    private final FamilyProfile generation;

    /// The kernels of a profile.
    public Kernels(KernelProfile profile) {
        this(profile, 0);
    }

    private Kernels(KernelProfile profile, double allReduceFloorMicros) {
        this.profile = profile;
        this.accelerator = profile.accelerator();
        this.experts = new ExpertKernels(profile);
        this.collectives = new CollectiveKernels(profile, allReduceFloorMicros);
        this.gemm = profile.family(KernelFamilies.GEMM);
        this.context = profile.family(KernelFamilies.CONTEXT_ATTENTION);
        this.generation = profile.family(KernelFamilies.GENERATION_ATTENTION);
    }

    /// The same kernels with a least latency for all-reduces over more GPUs of one NVLink domain
    /// than public tables reach (four on GB200). The widest table, scaled, is the default:
    /// deployments of eight GB200 step as fast as those of eight B200. One public figure for
    /// sixteen says 48 to 50 us (aiconfigurator, pull request 1593).
    ///
    /// @param micros floor, microseconds; 0 for the default
    public Kernels withAllReduceFloor(double micros) {
        Check.finiteAtLeast("allReduceFloorMicros", micros, 0);
        return new Kernels(profile, micros);
    }

    /// System that the kernels run on.
    public Accelerator accelerator() {
        return accelerator;
    }

    /// Routed experts.
    public ExpertKernels experts() {
        return experts;
    }

    /// What GPUs say to one another.
    public CollectiveKernels collectives() {
        return collectives;
    }

    /// An elementwise or normalising kernel that moves `bytes`.
    public Estimate memory(double bytes) {
        double roofline = bytes / accelerator.hbmBytesPerSecond() * MICROS;
        return new Estimate(
                MEMORY_FLOOR_MICROS + roofline / MEMORY_SHARE, roofline, Confidence.FITTED);
    }

    /// `y[m,n] = x[m,k] w[n,k]`, quantisation of the input included.
    ///
    /// @param staticScales whether FP8 scales are known beforehand; the measured kernels find them
    ///   out per launch
    public Estimate gemm(WeightType type, double m, double n, double k, boolean staticScales) {
        String format = format(type).label();
        Estimate whole = gemm.estimate(List.of(format), new double[] {m, n, k}, accelerator);
        Estimate named = format.equals(type.label()) ? whole : whole.atMost(Confidence.TRANSFERRED);
        if (type != WeightType.FP8 || !staticScales) {
            return named;
        }
        double[] input = {m, k};
        var quantize = profile.family(Collective.QUANTIZE);
        double scale = quantize.estimate(List.of("compute_scale"), input, accelerator).micros();
        double matrix = quantize.estimate(List.of("scale_matrix"), input, accelerator).micros();
        double least = Math.max(named.rooflineMicros(), 2);
        return new Estimate(
                Math.max(least, named.micros() - scale - matrix),
                named.rooflineMicros(),
                named.confidence());
    }

    /// The measured format nearest to a weight type.
    static Format format(WeightType type) {
        return switch (type) {
            case BF16, MXFP4_A16, INT4 -> Format.BFLOAT16;
            case FP8 -> Format.FP8;
            case FP8_BLOCK -> Format.FP8_BLOCK;
            case NVFP4, MXFP4 -> Format.NVFP4;
        };
    }

    /// Causal prefill attention of grouped-query heads, without a cached prefix.
    ///
    /// @param window attention window, 0 for all of the context
    public Estimate contextAttention(
            Heads heads, KvDtype attention, KvDtype kv, int window, double batch, double tokens) {
        Heads known = heads.known();
        double[] sizes = {heads.query(), heads.keyValue(), batch, tokens};
        int measured = window > 0 && known.dim() == 64 ? 128 : 0;
        var key =
                List.of(
                        label(attention),
                        label(kv),
                        Integer.toString(known.dim()),
                        Integer.toString(measured));
        Estimate e = context.estimate(key, sizes, accelerator);
        if (window > 0 && measured == 0) {
            double seen = Math.min(1, 2.0 * window / tokens);
            e = new Estimate(e.micros() * seen, e.rooflineMicros() * seen, Confidence.TRANSFERRED);
        }
        return known.scale(e, heads);
    }

    /// Decode attention of grouped-query heads.
    public Estimate generationAttention(
            Heads heads, KvDtype kv, int window, double batch, double context) {
        Heads known = heads.known();
        int measured = window > 0 && known.dim() == 64 ? 128 : 0;
        double seen = window > 0 && measured == 0 ? Math.min(window, context) : context;
        double[] sizes = {heads.query(), heads.keyValue(), batch, seen};
        var key = List.of(label(kv), Integer.toString(known.dim()), Integer.toString(measured));
        Estimate e = generation.estimate(key, sizes, accelerator);
        return known.scale(
                window > 0 && measured == 0 ? e.atMost(Confidence.TRANSFERRED) : e, heads);
    }

    /// Latent attention, prefill or decode.
    ///
    /// @param module with the projections around it (DeepSeek's geometry) when a weight type is
    ///   given; the kernel alone when null
    public Estimate latentAttention(
            boolean prefill,
            KvDtype kv,
            @Nullable WeightType module,
            double heads,
            double[] batchAndLength) {
        var family =
                profile.family(
                        prefill ? KernelFamilies.MLA_CONTEXT : KernelFamilies.MLA_GENERATION);
        double[] sizes = {heads, batchAndLength[0], batchAndLength[1]};
        var key =
                module == null
                        ? List.of("kernel", label(kv), "")
                        : List.of("module", label(kv), moduleFormat(module));
        return family.estimate(key, sizes, accelerator);
    }

    private static String moduleFormat(WeightType type) {
        Format format = format(type);
        return (format == Format.FP8 ? Format.FP8_BLOCK : format).label();
    }

    /// One absorbed projection of latent decode attention.
    ///
    /// @param before before attention when true, behind it when false
    public Estimate latentProjection(boolean before, boolean fp8, double heads, double tokens) {
        return profile.family(KernelFamilies.MLA_PROJECTION)
                .estimate(
                        List.of(
                                before ? "mla_gen_pre" : "mla_gen_post",
                                (fp8 ? Format.FP8 : Format.BFLOAT16).label()),
                        new double[] {heads, tokens},
                        accelerator);
    }

    private static String label(KvDtype type) {
        return (type == KvDtype.FP8 ? Format.FP8 : Format.BFLOAT16).label();
    }

    /// Heads on one GPU.
    ///
    /// @param query query heads
    /// @param keyValue key and value heads, at least one
    /// @param dim width of a head
    public record Heads(double query, double keyValue, int dim) {

        /// The same heads in the nearest width that was measured.
        Heads known() {
            int near = dim <= 80 ? 64 : dim <= 160 ? 128 : 256;
            return new Heads(query, keyValue, near);
        }

        /// A latency of these heads told for heads of another width.
        Estimate scale(Estimate e, Heads wanted) {
            if (wanted.dim == dim) {
                return e;
            }
            return e.times((double) wanted.dim / dim).atMost(Confidence.TRANSFERRED);
        }
    }
}
