package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Collectives between the GPUs of one worker.
///
/// Tables end at eight GPUs on an HGX board and at four on a GB200 tray. Wider groups take the
/// widest table, scaled by the share of the data that leaves a GPU and by the slower link where the
/// group leaves NVLink; that is an extrapolation and says so.
public final class CollectiveKernels {

    private static final double MICROS = 1e6;
    private static final double HOP_MICROS = 10;
    private static final List<String> EXCHANGE = List.of("prepare", "dispatch", "combine");

    private final KernelProfile profile;
    private final Accelerator accelerator;
    private final double wideFloorMicros;
    private final int widest;

    /// @param wideFloorMicros least latency of an all-reduce over more GPUs of one NVLink domain
    ///   than were measured; 0 for what the widest table says
    CollectiveKernels(KernelProfile profile, double wideFloorMicros) {
        this.profile = profile;
        this.wideFloorMicros = wideFloorMicros;
        this.accelerator = profile.accelerator();
        var gpus = new TreeSet<Integer>();
        for (String key : profile.family(Collective.NCCL).surfaces().keySet()) {
            gpus.add(Integer.parseInt(key.substring(key.lastIndexOf(',') + 1)));
        }
        this.widest = gpus.isEmpty() ? 1 : gpus.last();
    }

    /// Sum over `gpus` of `elements` BF16 elements; nothing on one GPU.
    ///
    /// @param kernel the engine's own
    public Estimate allReduce(AllReduceKernel kernel, double elements, int gpus) {
        Estimate e = collective(Collective.ALL_REDUCE, List.of(kernel.label()), 2 * elements, gpus);
        return unmeasured(gpus) && e.micros() < wideFloorMicros
                ? new Estimate(wideFloorMicros, e.rooflineMicros(), e.confidence())
                : e;
    }

    /// Whether so many GPUs share one NVLink domain and more than were measured in one.
    public boolean unmeasured(int gpus) {
        return gpus > measuredGpus() && gpus <= accelerator.nvlinkGpus();
    }

    /// GPUs up to which collectives were measured. Tables of an HGX board, which GB300 borrows, say
    /// nothing of the way between trays.
    public int measuredGpus() {
        return Math.min(widest, accelerator.hostGpus());
    }

    /// Gathers `elements` BF16 elements in total from all GPUs.
    public Estimate allGather(double elements, int gpus) {
        return collective(Collective.NCCL, List.of("all_gather", "half"), 2 * elements, gpus);
    }

    /// Sums `elements` BF16 elements and leaves each GPU its part.
    public Estimate reduceScatter(double elements, int gpus) {
        return collective(Collective.NCCL, List.of("reduce_scatter", "half"), 2 * elements, gpus);
    }

    /// Tokens of each of `gpus` ranks to the ranks of their experts and back, over NVLink: prepare,
    /// dispatch and combine. Empty where it was not measured. It was for one width and one number
    /// of experts per token; others take their own roofline and that one's distance from it.
    public Optional<Estimate> exchange(
            String format, ExpertKernels.Shape shape, double tokens, int gpus) {
        FamilyProfile family = profile.families().get(KernelFamilies.ALL_TO_ALL);
        if (family == null) {
            return Optional.empty();
        }
        double[] sizes = {gpus, tokens};
        Estimate sum = Estimate.NONE;
        for (String phase : EXCHANGE) {
            var measured = new ArrayList<>(List.of("NVLinkTwoSided", phase, format));
            var own = new ArrayList<>(measured);
            measured.addAll(List.of("7168", "8", "256", "-1"));
            if (!family.knows(measured)) {
                return Optional.empty();
            }
            own.add(Integer.toString(shape.hidden()));
            own.addAll(List.of(Integer.toString(shape.topK()), "256", "-1"));
            Estimate e = family.estimate(measured, sizes, accelerator);
            if (!own.equals(measured)) {
                KernelFamily kernels = family.family();
                double factor =
                        kernels.referenceMicros(own, sizes, accelerator)
                                / kernels.referenceMicros(measured, sizes, accelerator);
                e = e.times(factor).atMost(Confidence.TRANSFERRED);
            }
            sum = sum.plus(e);
        }
        return Optional.of(sum);
    }

    /// Activations of `elements` BF16 elements to the next pipeline stage, over the network.
    public Estimate hop(double elements, double bytesPerSecond) {
        double wire = 2 * elements / bytesPerSecond * MICROS;
        return new Estimate(HOP_MICROS + wire, wire, Confidence.TRANSFERRED);
    }

    private Estimate collective(KernelFamily family, List<String> key, double bytes, int gpus) {
        Check.atLeast("gpus", gpus, 1);
        if (gpus == 1 || bytes <= 0) {
            return Estimate.NONE;
        }
        int known = 2;
        while (known < gpus && known < widest) {
            known *= 2;
        }
        var full = new ArrayList<>(key);
        full.add(Integer.toString(known));
        Estimate e = profile.family(family).estimate(full, new double[] {bytes}, accelerator);
        if (gpus <= known) {
            return e;
        }
        double share = ((gpus - 1.0) / gpus) / ((known - 1.0) / known);
        double slower = accelerator.nvlinkBytesPerSecond() / accelerator.linkBytesPerSecond(gpus);
        return e.times(share * slower).atMost(Confidence.EXTRAPOLATED);
    }
}
