package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelFamily;
import dev.ratematch.costmodel.kernel.KernelProfile;
import dev.ratematch.costmodel.table.Cells;
import dev.ratematch.costmodel.table.Row;
import java.util.List;
import java.util.function.Function;

/// Single launches by the columns of the kernel files.
///
/// @param family of kernels
/// @param profiles measured, by accelerator
public record KernelPrediction(KernelFamily family, Function<Accelerator, KernelProfile> profiles)
        implements Prediction {

    @Override
    public List<String> columns() {
        return List.of("latency_us", "confidence");
    }

    @Override
    public List<String> answer(Row row) {
        var profile = profiles.apply(Accelerators.named(row.text("system")));
        var estimate =
                profile.family(family)
                        .estimate(
                                Measurements.key(family, row),
                                Measurements.sizes(family, row),
                                profile.accelerator());
        return List.of(Cells.number(estimate.micros()), Cells.name(estimate.confidence()));
    }
}
