package dev.ratematch.k8s.emit;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.WeightPrecision;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.sizing.KvCache;
import dev.ratematch.sizing.ModelPlan;
import dev.ratematch.sizing.ModelRequest;
import dev.ratematch.sizing.Shapes;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.Pool;
import java.util.List;
import java.util.Optional;

/// Fleets as `plan` sizes them, by the same cost model.
public final class Plans {

    private Plans() {}

    /// A model over 4-GPU hosts of one NVLink domain, in replicas of several hosts.
    public static PlannedFleet wide(String engine) {
        return fleet(
                "deepseek-r1", "gb200", engine, "nvfp4", new double[] {8192, 1024, 5, 0.025}, 72);
    }

    /// A dense model whose replicas fit into one host.
    public static PlannedFleet narrow(String engine) {
        return fleet("llama-3.1-70b", "h200", engine, "fp8", new double[] {4096, 512, 2, 0.03}, 16);
    }

    /// A model with experts over half a host.
    public static PlannedFleet experts(String engine) {
        return fleet(
                "qwen3-235b-a22b", "b200", engine, "nvfp4", new double[] {4096, 1024, 3, 0.04}, 32);
    }

    /// Any of them.
    ///
    /// @param asked ISL, OSL, TTFT and ITL, seconds
    public static PlannedFleet fleet(
            String model, String gpu, String engine, String precision, double[] asked, int gpus) {
        var accelerator = Accelerators.named(gpu);
        var target =
                new Target(
                        Models.named(model),
                        Load.of(asked[0], asked[1]),
                        KvLink.of(accelerator, KvLink.Mode.PULL),
                        Pairing.FAN_OUT,
                        asked[2],
                        asked[3]);
        var request =
                new ModelRequest(
                        "in the catalogue",
                        target,
                        accelerator,
                        new WeightPrecision(
                                Precision.parse(precision), "--precision", Optional.empty()),
                        new KvCache(KvDtype.FP8, "--kv-dtype", Optional.empty()),
                        engine,
                        "--engine",
                        0,
                        gpus,
                        Shapes.ANY);
        return PlannedFleet.of(ModelPlan.of(request), Optional.empty());
    }

    /// The same with other decode replicas.
    static PlannedFleet withDecode(PlannedFleet fleet, List<Pool> decode) {
        return new PlannedFleet(
                fleet.model(),
                fleet.checkpoint(),
                fleet.accelerator(),
                fleet.precision(),
                fleet.kv(),
                fleet.engine(),
                fleet.load(),
                fleet.ttftSeconds(),
                fleet.itlSeconds(),
                fleet.link(),
                fleet.allReduceFloorMicros(),
                fleet.drafts(),
                fleet.budgetGpus(),
                fleet.requestsPerSecond(),
                fleet.keptRequestsPerSecond(),
                fleet.percentile(),
                fleet.prefill(),
                decode);
    }

    /// The text of one emitted file.
    public static String text(PlannedFleet fleet, EmitTarget target, String path) {
        return Emission.files(fleet, List.of(target), "chat").stream()
                .filter(file -> file.path().equals(target.label() + "/" + path))
                .findAny()
                .orElseThrow()
                .text();
    }
}
