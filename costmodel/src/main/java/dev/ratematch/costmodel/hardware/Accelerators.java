package dev.ratematch.costmodel.hardware;

import dev.ratematch.costmodel.units.Names;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The accelerators that the cost model knows.
///
/// Sources, number by number. B200, B300, GB200, GB300 and H200: the system files of NVIDIA's
/// estimator aiconfigurator (commit 095f58a, `systems/*.yaml`), which state the memory that a
/// driver reports, dense tensor rates and bandwidths in one direction. H100 SXM: NVIDIA's data
/// sheet "H100 Tensor Core GPU" (80 GB, 3.35 TB/s, dense = half of the sparse rates, NVLink 900
/// GB/s both ways). Hosts: HGX boards carry 8 GPUs; an NVL72 rack has 18 trays of 4.
///
/// Networks, over which KV goes by default: NVIDIA's data sheets and reference architectures of DGX
/// H100, H200 and B200 and of GB200 NVL72 (one ConnectX-7 of 400 Gb/s a GPU: 50 GB/s), and of DGX
/// B300 and GB300 NVL72 (one ConnectX-8 of 800 Gb/s: 100 GB/s). The estimator takes 100 GB/s for
/// all Blackwell; InferenceX's B200 have 50.
public final class Accelerators {

    private static final double MIB = 1024.0 * 1024.0;
    private static final double GIB = 1024.0 * MIB;

    /// HGX B200, 8 GPUs: 180 GiB, 7.7 TB/s; 2.25, 4.5, 9 PFLOP/s; NVLink 900 GB/s; 50 GB/s out.
    public static final Accelerator B200 =
            new Accelerator("b200", 180 * GIB, 7.7e12, 2.25e15, 4.5e15, 9e15, 9e11, 8, 5e10, 8);

    /// HGX B300, 8 GPUs: 275,040 MiB, 7.75 TB/s; 2.25, 4.5, 14 PFLOP/s; 100 GB/s out; otherwise as
    /// B200.
    public static final Accelerator B300 =
            new Accelerator(
                    "b300", 275_040 * MIB, 7.75e12, 2.25e15, 4.5e15, 1.4e16, 9e11, 8, 1e11, 8);

    /// GB200 NVL72: 189,471 MiB, 8 TB/s; 2.5, 5, 10 PFLOP/s; 72 GPUs on NVLink, 4 in a tray; 50
    /// GB/s out of the rack.
    public static final Accelerator GB200 =
            new Accelerator("gb200", 189_471 * MIB, 8e12, 2.5e15, 5e15, 1e16, 9e11, 72, 5e10, 4);

    /// GB300 NVL72: 284,208 MiB, 8 TB/s; 2.5, 5, 15 PFLOP/s; 72 GPUs on NVLink, 4 in a tray; 100
    /// GB/s out of the rack.
    public static final Accelerator GB300 =
            new Accelerator("gb300", 284_208 * MIB, 8e12, 2.5e15, 5e15, 1.5e16, 9e11, 72, 1e11, 4);

    /// HGX H100 SXM, 8 GPUs: 80 GB (as 80 GiB), 3.35 TB/s; 0.989, 1.979 PFLOP/s, no FP4; NVLink 450
    /// GB/s; 50 GB/s out.
    public static final Accelerator H100 =
            new Accelerator("h100", 80 * GIB, 3.35e12, 9.89e14, 1.979e15, 0, 4.5e11, 8, 5e10, 8);

    /// HGX H200, 8 GPUs: 141 GiB, 4.8 TB/s; 0.989, 1.978 PFLOP/s, no FP4; NVLink 450 GB/s; 50 GB/s
    /// out.
    public static final Accelerator H200 =
            new Accelerator("h200", 141 * GIB, 4.8e12, 9.89e14, 1.978e15, 0, 4.5e11, 8, 5e10, 8);

    private static final List<Accelerator> ALL = List.of(B200, B300, GB200, GB300, H100, H200);

    /// Other spellings: those of the calibration data and of product names.
    private static final Map<String, Accelerator> ALIASES =
            Map.ofEntries(
                    Map.entry("b200-sxm", B200),
                    Map.entry("hgx-b200", B200),
                    Map.entry("b300-sxm", B300),
                    Map.entry("hgx-b300", B300),
                    Map.entry("gb200-nvl72", GB200),
                    Map.entry("gb300-nvl72", GB300),
                    Map.entry("h100-sxm", H100),
                    Map.entry("hgx-h100", H100),
                    Map.entry("h200-sxm", H200),
                    Map.entry("hgx-h200", H200));

    private Accelerators() {}

    /// All accelerators, Blackwell first.
    public static List<Accelerator> all() {
        return ALL;
    }

    /// The accelerator of that name, for example `b200`, `b200_sxm` or `GB200 NVL72`. An unknown
    /// name is refused with the nearest one.
    public static Accelerator named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT).strip().replace("_sxm", "");
        for (Accelerator accelerator : ALL) {
            if (accelerator.name().equals(wanted)) {
                return accelerator;
            }
        }
        Accelerator alias = ALIASES.get(wanted.replace('_', '-').replace(' ', '-'));
        if (alias != null) {
            return alias;
        }
        throw Names.unknown("accelerator", name, ALL.stream().map(Accelerator::name).toList());
    }
}
