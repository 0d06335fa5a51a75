package dev.ratematch.costmodel.residual;

import java.util.List;

/// What a measured deployment is told apart by.
///
/// @param engine serving engine
/// @param model class of models that share a structure
/// @param precision number format
/// @param system accelerator
/// @param workload nominal lengths, `ISLxOSL`
public record Traits(
        String engine, String model, String precision, String system, String workload) {

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
}
