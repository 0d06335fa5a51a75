package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.kernel.KernelFamilies;
import dev.ratematch.costmodel.kernel.KernelFamily;
import dev.ratematch.costmodel.kernel.Sample;
import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Measured tables by name, one a kernel family and one a comparison, as `shared/silicon` has them.
///
/// @param where they are, for messages
/// @param tables by name; none where there is no such table
public record Measurements(String where, Function<String, Optional<Table>> tables) {

    /// A table that must be there.
    public Table table(String name) {
        return tables.apply(name)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "--data (%s) has no %s.csv or .csv.gz."
                                                .formatted(where, name)));
    }

    /// The launches of one system, by family. Families without a table are left out.
    public Map<KernelFamily, List<Sample>> kernels(String system) {
        var samples = new LinkedHashMap<KernelFamily, List<Sample>>();
        for (KernelFamily family : KernelFamilies.ALL) {
            tables.apply(family.name())
                    .ifPresent(table -> samples.put(family, samples(family, table, system)));
        }
        if (samples.isEmpty()) {
            throw new IllegalArgumentException(
                    "--kernels (%s) has none of the files %s.csv or .csv.gz."
                            .formatted(
                                    where,
                                    String.join(
                                            ", ",
                                            KernelFamilies.ALL.stream()
                                                    .map(KernelFamily::name)
                                                    .toList())));
        }
        return samples;
    }

    private static List<Sample> samples(KernelFamily family, Table table, String system) {
        table.requiring(family.keyColumns())
                .requiring(family.sizeColumns())
                .requiring(List.of("system", "latency_us"));
        var samples = new ArrayList<Sample>();
        for (Row row : table.rows()) {
            if (row.text("system").equals(system)) {
                samples.add(
                        new Sample(key(family, row), sizes(family, row), row.number("latency_us")));
            }
        }
        return samples;
    }

    static List<String> key(KernelFamily family, Row row) {
        return family.keyColumns().stream().map(row::text).toList();
    }

    static double[] sizes(KernelFamily family, Row row) {
        return family.sizeColumns().stream().mapToDouble(row::number).toArray();
    }
}
