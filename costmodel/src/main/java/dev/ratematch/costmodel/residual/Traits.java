package dev.ratematch.costmodel.residual;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;
import java.util.List;
import java.util.Locale;

/// What a measured deployment is told apart by.
///
/// @param engine serving engine
/// @param model class of models that share a structure
/// @param precision number format
/// @param system accelerator
/// @param workload nominal lengths, `ISLxOSL`
public record Traits(
        String engine, String model, String precision, String system, String workload) {

    /// What is told of a deployment, in the words that the groups use.
    public static Traits of(
            String engine,
            ModelSpec model,
            String precision,
            Accelerator accelerator,
            String workload) {
        // V3 and R1 are one structure, and so are their checkpoints.
        String kind = model.name().replace("deepseek-r1", "deepseek-v3");
        String format =
                precision
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replace("nvfp4", "fp4")
                        .replace("mxfp4", "fp4");
        return new Traits(
                engine.strip().toLowerCase(Locale.ROOT),
                kind,
                format,
                accelerator.name(),
                workload);
    }

    /// Names of the groups that a deployment belongs to, from wide to narrow. A correction is the
    /// sum over them, so that a narrow group with little data leans on the wide ones.
    List<String> groups() {
        return List.of(
                "engine=" + engine,
                "model=" + model,
                "precision=" + precision,
                "system=" + system,
                "workload=" + workload,
                "engine,model=" + engine + "," + model,
                "engine,workload=" + engine + "," + workload,
                "engine,model,precision=" + engine + "," + model + "," + precision,
                "engine,model,precision,system="
                        + engine
                        + ","
                        + model
                        + ","
                        + precision
                        + ","
                        + system,
                "engine,model,precision,workload="
                        + engine
                        + ","
                        + model
                        + ","
                        + precision
                        + ","
                        + workload);
    }

    /// The narrowest group without a workload: where it is known, the correction was measured.
    String whole() {
        return "engine,model,precision,system="
                + String.join(",", engine, model, precision, system);
    }

    /// The groups that do not depend on what is asked of the deployment.
    List<String> engineGroups() {
        return groups().stream().filter(group -> !group.contains("workload")).toList();
    }
}
