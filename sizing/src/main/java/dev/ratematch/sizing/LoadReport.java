package dev.ratematch.sizing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.sizing.load.LoadPlan;
import dev.ratematch.sizing.load.Offered;
import dev.ratematch.sizing.load.Traffic;
import java.util.List;

/// Prints how many GPUs a load needs: for people, as one object, as rows.
///
/// @param answer the fleet, and what the budget keeps
public record LoadReport(LoadAnswer answer) {

    private static final String END = System.lineSeparator();

    /// In the form that was asked for.
    public String text(Format format, Look look) {
        return switch (format) {
            case table -> table(look);
            case json -> json();
            case csv -> csv();
        };
    }

    private String table(Look look) {
        var least = answer.least();
        String headline =
                "%s need %d GPUs (%s), which meet both targets at p%s up to %s requests/s."
                        .formatted(
                                offered(),
                                least.gpus(),
                                LoadAnswer.shape(least),
                                percentile(),
                                Numbers.shown(least.mostRequestsPerSecond()));
        return look.text(ModelTable.head(answer.request(), ""))
                + END
                + ModelTable.recommended(look, headline)
                + END
                + grid(least).text(look)
                + END
                + facts(least).text(look);
    }

    /// One role of a fleet.
    private record Pool(
            String role,
            CompiledWorker engine,
            int replicas,
            double busy,
            double most,
            double withoutOne) {}

    private static List<Pool> pools(LoadPlan plan) {
        return List.of(
                new Pool(
                        "prefill",
                        plan.prefill(),
                        plan.prefillReplicas(),
                        plan.prefillBusy(),
                        plan.prefillMostRequestsPerSecond(),
                        plan.withoutOnePrefill()),
                new Pool(
                        "decode",
                        plan.decode(),
                        plan.decodeReplicas(),
                        plan.decodeBusy(),
                        plan.decodeMostRequestsPerSecond(),
                        plan.withoutOneDecode()));
    }

    private static Grid grid(LoadPlan plan) {
        var grid =
                new Grid(
                        2,
                        "role",
                        "engine",
                        "GPUs each",
                        "replicas",
                        "GPUs",
                        "busy",
                        "keeps, requests/s",
                        "less one");
        for (var pool : pools(plan)) {
            grid.row(
                    pool.role(),
                    pool.engine().parallelism().text(),
                    "" + pool.engine().gpus(),
                    "" + pool.replicas(),
                    "" + pool.replicas() * pool.engine().gpus(),
                    share(pool.busy()),
                    Numbers.shown(pool.most()),
                    Numbers.shown(pool.withoutOne()));
        }
        return grid;
    }

    private Grid facts(LoadPlan plan) {
        var grid = new Grid(2, "fact", "value");
        var at = plan.latencies();
        var weights = answer.request().weights();
        var asked = answer.request();
        grid.row("engine", "%s: %s".formatted(asked.engine(), asked.engineSource()));
        grid.row("precision", "%s: %s".formatted(weights.name(), weights.source()));
        weights.warning().ifPresent(what -> grid.row("warning", what));
        grid.row("load", load());
        grid.row(
                "TTFT",
                "%s at p%s with queueing, %s on average"
                        .formatted(
                                ModelPlan.time(at.ttftSeconds()),
                                percentile(),
                                ModelPlan.time(at.ttftMeanSeconds())));
        grid.row(
                "ITL",
                "%s at p%s, %s on average"
                        .formatted(
                                ModelPlan.time(at.itlSeconds()),
                                percentile(),
                                ModelPlan.time(at.itlMeanSeconds())));
        grid.row(
                "breaks first",
                plan.prefillMostRequestsPerSecond() < plan.decodeMostRequestsPerSecond()
                        ? "TTFT (prefill), beyond %s requests/s".formatted(most(plan))
                        : "ITL (decode), beyond %s requests/s".formatted(most(plan)));
        var budget = answer.budget();
        if (budget != null) {
            grid.row(
                    "budget",
                    "%d of %d GPUs meet both targets up to %s requests/s (%s)"
                            .formatted(
                                    budget.gpus(),
                                    answer.request().gpus(),
                                    most(budget),
                                    LoadAnswer.shape(budget)));
        }
        return grid;
    }

    /// What a fleet keeps with queueing, for a plan that was made without.
    static String kept(LoadPlan plan) {
        return ("meets both targets at p%s up to %s requests/s of Poisson arrivals; %s is the "
                        + "first to miss its target")
                .formatted(
                        Numbers.plain(Traffic.USUAL.percentile()),
                        most(plan),
                        plan.prefillMostRequestsPerSecond() < plan.decodeMostRequestsPerSecond()
                                ? "TTFT"
                                : "ITL");
    }

    private String json() {
        var root = new ObjectMapper().createObjectNode();
        var traffic = answer.traffic();
        var asked = root.putObject("request");
        ModelReport.request(asked, answer.request());
        if (answer.budget() == null) {
            asked.remove("gpus");
        }
        switch (answer.offered()) {
            case Offered.Rate(double rate) -> asked.put("rate_requests_per_s", rate);
            case Offered.Concurrency(int clients) -> asked.put("concurrency", clients);
        }
        asked.put("percentile", traffic.percentile());
        asked.put("dispersion", traffic.dispersion());
        asked.put("isl_cv", traffic.inputCv());
        plan(root.putObject("least"), answer.least());
        var budget = answer.budget();
        if (budget != null) {
            plan(root.putObject("budget"), budget);
        }
        return root.toPrettyString() + END;
    }

    private static void plan(ObjectNode node, LoadPlan plan) {
        node.put("plan", LoadAnswer.shape(plan));
        node.put("gpus", plan.gpus());
        node.put("requests_per_s", Numbers.rounded(plan.requestsPerSecond()));
        node.put("most_requests_per_s", Numbers.rounded(plan.mostRequestsPerSecond()));
        var at = plan.latencies();
        node.put("ttft_mean_ms", Numbers.rounded(1000 * at.ttftMeanSeconds()));
        node.put("ttft_ms", Numbers.rounded(1000 * at.ttftSeconds()));
        node.put("itl_mean_ms", Numbers.rounded(1000 * at.itlMeanSeconds()));
        node.put("itl_ms", Numbers.rounded(1000 * at.itlSeconds()));
        for (var pool : pools(plan)) {
            var role = node.putObject(pool.role());
            role.put("name", pool.engine().parallelism().text());
            role.put("gpus", pool.engine().gpus());
            role.put("replicas", pool.replicas());
            role.put("busy", Numbers.rounded(pool.busy()));
            role.put("most_requests_per_s", Numbers.rounded(pool.most()));
            role.put("less_one_requests_per_s", Numbers.rounded(pool.withoutOne()));
        }
    }

    private String csv() {
        var text =
                new StringBuilder(
                        "role,name,gpus,replicas,busy,most_requests_per_s,less_one_requests_per_s");
        text.append(END);
        for (var pool : pools(answer.least())) {
            text.append(
                    "%s,%s,%d,%d,%s,%s,%s%s"
                            .formatted(
                                    pool.role(),
                                    pool.engine().parallelism().text(),
                                    pool.engine().gpus(),
                                    pool.replicas(),
                                    Numbers.rounded(pool.busy()),
                                    Numbers.rounded(pool.most()),
                                    Numbers.rounded(pool.withoutOne()),
                                    END));
        }
        return text.toString();
    }

    private String offered() {
        return switch (answer.offered()) {
            case Offered.Rate(double rate) -> Numbers.plain(rate) + " requests/s";
            case Offered.Concurrency(int clients) -> clients + " clients, each with one request,";
        };
    }

    private String load() {
        var traffic = answer.traffic();
        return "%s requests/s; %s; prompts %s"
                .formatted(
                        Numbers.shown(answer.least().requestsPerSecond()),
                        traffic.dispersion() == 1
                                ? "Poisson arrivals"
                                : "arrivals of dispersion " + Numbers.shown(traffic.dispersion()),
                        traffic.inputCv() == 0
                                ? "all alike"
                                : "with a coefficient of variation of "
                                        + Numbers.shown(traffic.inputCv()));
    }

    private String percentile() {
        return Numbers.plain(answer.traffic().percentile());
    }

    private static String most(LoadPlan plan) {
        return Numbers.shown(plan.mostRequestsPerSecond());
    }

    private static String share(double of) {
        return Numbers.fixed(100 * of, 0) + " %";
    }
}
