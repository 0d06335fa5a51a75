package dev.ratematch.sizing;

import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.table.Table;
import dev.ratematch.costmodel.units.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/// Workers that somebody measured: `role,name,gpus,requests_per_s`, any number of rows per role.
///
/// @param prefill in the order of the file
/// @param decode in the order of the file
public record WorkersFile(List<WorkerRate> prefill, List<WorkerRate> decode) {

    private static final List<String> COLUMNS = List.of("role", "name", "gpus", "requests_per_s");
    private static final List<String> ROLES = List.of("prefill", "decode");

    public WorkersFile {
        prefill = List.copyOf(prefill);
        decode = List.copyOf(decode);
    }

    /// Reads one. What is wrong is refused with its line and what would be right.
    ///
    /// @param table whose name is used in messages
    public static WorkersFile of(Table table) {
        String source = table.name();
        table.requiring(COLUMNS);
        var prefill = new ArrayList<WorkerRate>();
        var decode = new ArrayList<WorkerRate>();
        var lines = new HashMap<List<String>, Integer>();
        for (var row : table.rows()) {
            String role = row.text("role").toLowerCase(Locale.ROOT);
            if (!ROLES.contains(role)) {
                throw new IllegalArgumentException(
                        "%s, line %d: %s"
                                .formatted(
                                        source,
                                        row.line(),
                                        Names.unknown("role", row.text("role"), ROLES)
                                                .getMessage()));
            }
            String name = row.text("name");
            if (name.isEmpty()) {
                throw row.wrong("name", "must not be empty");
            }
            Integer before = lines.putIfAbsent(List.of(role, name), row.line());
            if (before != null) {
                throw row.wrong(
                        "name",
                        "names a %s worker that line %d has already; names must differ within a"
                                        .formatted(role, before)
                                + " role");
            }
            var worker = new WorkerRate(name, row.count("gpus"), row.positive("requests_per_s"));
            (role.equals("prefill") ? prefill : decode).add(worker);
        }
        if (prefill.isEmpty() || decode.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s has no %s worker; each role needs at least one row."
                            .formatted(source, prefill.isEmpty() ? "prefill" : "decode"));
        }
        return new WorkersFile(prefill, decode);
    }
}
