package dev.ratematch.cli.model;

import dev.ratematch.costmodel.kernel.KernelFamilies;
import dev.ratematch.costmodel.kernel.KernelFamily;
import dev.ratematch.costmodel.kernel.Sample;
import dev.ratematch.sizing.table.Row;
import dev.ratematch.sizing.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Measured kernels in a folder of CSV files, one a family, as `shared/silicon` has them.
final class KernelFiles {

    private KernelFiles() {}

    /// The measurements of one system, by family. Families without a file are left out.
    static Map<KernelFamily, List<Sample>> read(Path folder, String system) throws IOException {
        var samples = new LinkedHashMap<KernelFamily, List<Sample>>();
        for (KernelFamily family : KernelFamilies.ALL) {
            Optional<Path> file = file(folder, family.name());
            if (file.isPresent()) {
                samples.put(family, samples(family, Table.read(file.get().toString()), system));
            }
        }
        if (samples.isEmpty()) {
            throw new IllegalArgumentException(
                    "--kernels (%s) has none of the files %s.csv or .csv.gz."
                            .formatted(
                                    folder,
                                    String.join(
                                            ", ",
                                            KernelFamilies.ALL.stream()
                                                    .map(KernelFamily::name)
                                                    .toList())));
        }
        return samples;
    }

    private static Optional<Path> file(Path folder, String name) {
        for (String ending : List.of(".csv.gz", ".csv")) {
            Path path = folder.resolve(name + ending);
            if (Files.isRegularFile(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
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
