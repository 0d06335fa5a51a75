package dev.ratematch.costmodel.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.SiliconData;
import dev.ratematch.costmodel.SiliconData.Row;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.FamilyProfile.Residuals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Surfaces against measured launches that their fit did not see.
final class SiliconKernelsTest {

    private static final long SEED = 5;

    /// A row in five of every family of B200 is left out; its median error is bounded.
    @Test
    void surfacesPredictRowsThatTheyDidNotSee() {
        for (KernelFamily family : KernelFamilies.ALL) {
            Optional<List<Row>> rows =
                    SiliconData.rows(family.name() + ".csv.gz")
                            .or(() -> SiliconData.rows(family.name() + ".csv"));
            if (rows.isEmpty()) {
                System.out.println(
                        family.name()
                                + " was not measured here: only published points are checked");
                continue;
            }
            var random = new SplittableRandom(SEED);
            var known = new ArrayList<Sample>();
            var held = new ArrayList<Sample>();
            for (Row row : rows.get()) {
                if (row.text("system").equals("b200_sxm")) {
                    (random.nextInt(5) == 0 ? held : known).add(sample(family, row));
                }
            }
            var profile = FamilyProfile.fit(family, known, Accelerators.B200);
            var left = Residuals.of(profile.errors(held, Accelerators.B200));
            System.out.printf(
                    "%-20s %5d rows left out: median %.2f %%, p90 %.2f %%%n",
                    family.name(), left.rows(), 100 * left.median(), 100 * left.p90());
            assertThat(left.rows()).as(family.name()).isPositive();
            assertThat(left.median()).as("%s, seed %d", family.name(), SEED).isLessThan(0.05);
        }
    }

    private static Sample sample(KernelFamily family, Row row) {
        return new Sample(
                family.keyColumns().stream().map(row::text).toList(),
                family.sizeColumns().stream().mapToDouble(row::number).toArray(),
                row.number("latency_us"));
    }
}
