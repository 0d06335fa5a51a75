package dev.ratematch.sizing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.table.Cells;
import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;
import java.util.List;
import java.util.Locale;

/// Prints the mix found for measured workers.
///
/// @param file the workers
/// @param mix the optimum over them
public record MixReport(WorkersFile file, Mix mix) {

    private static final String END = System.lineSeparator();

    /// In the form asked for.
    public String text(Format format, Look look) {
        return switch (format) {
            case table -> table(look);
            case json -> json();
            case csv -> csv();
        };
    }

    private String table(Look look) {
        var grid =
                new Grid(
                        2,
                        "role",
                        "worker",
                        "GPUs each",
                        "replicas",
                        "GPUs",
                        "requests/s each",
                        "requests/s");
        rows(grid, "prefill", mix.prefill());
        rows(grid, "decode", mix.decode());
        String limit =
                switch (mix.limit()) {
                    case PREFILL -> "prefill limits";
                    case DECODE -> "decode limits";
                    case EVEN -> "both pools are even";
                };
        String headline =
                "%s requests/s on %d GPUs; %s (prefill %s, decode %s requests/s)."
                        .formatted(
                                Numbers.shown(mix.servedRequestsPerSecond()),
                                mix.budgetGpus(),
                                limit,
                                Numbers.shown(mix.prefillRequestsPerSecond()),
                                Numbers.shown(mix.decodeRequestsPerSecond()));
        String facts =
                "P:D %d:%d replicas, %d:%d GPUs; idle GPUs: %d"
                                .formatted(
                                        mix.prefillReplicas(),
                                        mix.decodeReplicas(),
                                        mix.prefillGpus(),
                                        mix.decodeGpus(),
                                        mix.idleGpus())
                        + END
                        + "LP bound (fractional replicas): %s requests/s; whole replicas lose %s %%"
                                .formatted(
                                        Numbers.shown(mix.boundRequestsPerSecond()),
                                        Numbers.fixed(mix.lossPercent(), 2))
                        + END;
        return ModelTable.recommended(look, headline)
                + END
                + grid.text(look)
                + END
                + look.text(facts);
    }

    private static void rows(Grid grid, String role, List<Mix.Count> counts) {
        for (var count : counts) {
            var worker = count.worker();
            grid.row(
                    role,
                    worker.name(),
                    "" + worker.gpus(),
                    "" + count.replicas(),
                    "" + count.gpus(),
                    Numbers.shown(worker.requestsPerSecond()),
                    Numbers.shown(count.replicas() * worker.requestsPerSecond()));
        }
    }

    private String json() {
        var root = new ObjectMapper().createObjectNode();
        root.put("gpus", mix.budgetGpus());
        root.put("served_requests_per_s", Numbers.rounded(mix.servedRequestsPerSecond()));
        root.put("limiting_role", limitingRole());
        root.put("prefill_requests_per_s", Numbers.rounded(mix.prefillRequestsPerSecond()));
        root.put("decode_requests_per_s", Numbers.rounded(mix.decodeRequestsPerSecond()));
        root.put("prefill_replicas", mix.prefillReplicas());
        root.put("decode_replicas", mix.decodeReplicas());
        root.put("prefill_gpus", mix.prefillGpus());
        root.put("decode_gpus", mix.decodeGpus());
        root.put("idle_gpus", mix.idleGpus());
        root.put("lp_bound_requests_per_s", Numbers.rounded(mix.boundRequestsPerSecond()));
        root.put("loss_percent", Numbers.rounded(mix.lossPercent()));
        var workers = root.putArray("workers");
        file.prefill().forEach(worker -> add(workers, "prefill", worker));
        file.decode().forEach(worker -> add(workers, "decode", worker));
        return root.toPrettyString() + END;
    }

    private void add(ArrayNode workers, String role, WorkerRate worker) {
        ObjectNode node = workers.addObject();
        node.put("role", role);
        node.put("name", worker.name());
        node.put("gpus", worker.gpus());
        node.put("requests_per_s", worker.requestsPerSecond());
        node.put("replicas", replicas(role, worker));
    }

    private String csv() {
        var text = new StringBuilder("role,name,gpus,requests_per_s,replicas,");
        text.append("served_requests_per_s,limiting_role,lp_bound_requests_per_s,");
        text.append("loss_percent,idle_gpus").append(END);
        file.prefill().forEach(worker -> line(text, "prefill", worker));
        file.decode().forEach(worker -> line(text, "decode", worker));
        return text.toString();
    }

    private void line(StringBuilder text, String role, WorkerRate worker) {
        text.append(
                        String.join(
                                ",",
                                role,
                                Cells.quoted(worker.name()),
                                "" + worker.gpus(),
                                "" + worker.requestsPerSecond(),
                                "" + replicas(role, worker),
                                "" + Numbers.rounded(mix.servedRequestsPerSecond()),
                                limitingRole(),
                                "" + Numbers.rounded(mix.boundRequestsPerSecond()),
                                "" + Numbers.rounded(mix.lossPercent()),
                                "" + mix.idleGpus()))
                .append(END);
    }

    private String limitingRole() {
        return mix.limit().name().toLowerCase(Locale.ROOT);
    }

    private int replicas(String role, WorkerRate worker) {
        return (role.equals("prefill") ? mix.prefill() : mix.decode())
                .stream()
                        .filter(count -> count.worker().equals(worker))
                        .mapToInt(Mix.Count::replicas)
                        .sum();
    }
}
