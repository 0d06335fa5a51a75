package dev.ratematch.cli.plan;

import dev.ratematch.costmodel.frontier.WorkerRate;
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

    private static final String HEADER = "role,name,gpus,requests_per_s";
    private static final List<String> ROLES = List.of("prefill", "decode");

    public WorkersFile {
        prefill = List.copyOf(prefill);
        decode = List.copyOf(decode);
    }

    /// Reads one. What is wrong is refused with its line and what would be right.
    ///
    /// @param source what to call it in messages
    public static WorkersFile parse(String source, String text) {
        var csv = Csv.parse(source, text);
        int role = csv.column("role", HEADER);
        int name = csv.column("name", HEADER);
        int gpus = csv.column("gpus", HEADER);
        int rate = csv.column("requests_per_s", HEADER);
        var prefill = new ArrayList<WorkerRate>();
        var decode = new ArrayList<WorkerRate>();
        var lines = new HashMap<List<String>, Integer>();
        for (var row : csv.rows()) {
            String given = row.fields().get(role).toLowerCase(Locale.ROOT);
            if (!ROLES.contains(given)) {
                throw new IllegalArgumentException(
                        "%s, line %d: %s"
                                .formatted(
                                        source,
                                        row.line(),
                                        Names.unknown("role", row.fields().get(role), ROLES)
                                                .getMessage()));
            }
            String label = row.fields().get(name);
            if (label.isEmpty()) {
                throw csv.wrong(row, name, "must not be empty", null);
            }
            Integer before = lines.putIfAbsent(List.of(given, label), row.line());
            if (before != null) {
                throw csv.wrong(
                        row,
                        name,
                        "names a %s worker that line %d has already; names must differ within a"
                                        .formatted(given, before)
                                + " role",
                        null);
            }
            var worker = new WorkerRate(label, csv.whole(row, gpus), csv.positive(row, rate));
            (given.equals("prefill") ? prefill : decode).add(worker);
        }
        if (prefill.isEmpty() || decode.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s has no %s worker; each role needs at least one row."
                            .formatted(source, prefill.isEmpty() ? "prefill" : "decode"));
        }
        return new WorkersFile(prefill, decode);
    }
}
