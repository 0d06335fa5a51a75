package dev.ratematch.cli.model;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelFamily;
import dev.ratematch.sizing.table.Row;
import java.util.List;

/// Single launches by the columns of the kernel files.
record KernelPrediction(KernelFamily family) implements Prediction {

    @Override
    public List<String> columns() {
        return List.of("latency_us", "confidence");
    }

    @Override
    public List<String> answer(Row row) {
        var profile = ShippedProfiles.profile(Accelerators.named(row.text("system")));
        var estimate =
                profile.family(family.name())
                        .estimate(
                                KernelFiles.key(family, row),
                                KernelFiles.sizes(family, row),
                                profile.accelerator());
        return List.of(Cells.number(estimate.micros()), Cells.name(estimate.confidence()));
    }
}
