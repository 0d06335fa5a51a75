package dev.ratematch.cli;

import static dev.ratematch.cli.SimulationPage.text;

import dev.ratematch.costmodel.frontier.search.Frontier;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.dashboards.page.PageHtml;
import dev.ratematch.dashboards.page.ReportPage;
import dev.ratematch.dashboards.page.ReportPage.Card;
import dev.ratematch.dashboards.page.ReportPage.Curve;
import dev.ratematch.dashboards.page.ReportPage.Curves;
import dev.ratematch.sizing.FrontierPlot;
import dev.ratematch.sizing.ModelPlan;
import dev.ratematch.sizing.ModelTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A plan as a page: its figures, and where it stands on the frontier. Pure.
final class FrontierPage {

    private FrontierPage() {}

    /// The file.
    static String html(ModelPlan answer, ModelPlan.Frontiers frontiers) {
        var plan = answer.plan();
        var cards =
                List.of(
                        new Card(
                                text("%.2f requests/s", plan.mix().servedRequestsPerSecond()),
                                "served",
                                text("%.0f tokens/s/GPU", plan.tokensPerSecondPerGpu())),
                        new Card(
                                FrontierPlot.label(answer),
                                "prefill : decode",
                                text("on %d GPUs", answer.request().gpus())),
                        new Card(
                                text("%.0f ms", 1e3 * plan.ttftSeconds()),
                                "TTFT before queueing",
                                text("target %.0f ms", 1e3 * plan.target().ttftSeconds())),
                        new Card(
                                text("%.1f ms", 1e3 * plan.itlSeconds()),
                                "ITL",
                                text("promised %.1f ms", 1e3 * plan.target().itlSeconds())));
        return PageHtml.of(
                new ReportPage(
                        FrontierPlot.title(answer),
                        List.of(answer.advice(), answer.trust().text()),
                        cards,
                        List.of(),
                        List.of(curves(answer, frontiers)),
                        null,
                        List.of(),
                        new ModelTable(answer).text(Look.PLAIN)));
    }

    private static Curves curves(ModelPlan answer, ModelPlan.Frontiers frontiers) {
        var plan = answer.plan();
        var all = new ArrayList<Curve>();
        double top = 0;
        for (var each : List.of(frontiers.disaggregated(), frontiers.colocated())) {
            boolean disaggregated = all.isEmpty();
            var points = points(each);
            for (var point : points) {
                top = Math.max(top, point.get(1));
            }
            all.add(
                    new Curve(
                            disaggregated ? "disaggregated" : "co-located",
                            disaggregated ? "prefill" : "decode",
                            false,
                            points));
        }
        double wanted = 1 / plan.target().itlSeconds();
        all.add(
                new Curve(
                        "promised ITL",
                        "promise",
                        true,
                        List.of(List.of(wanted, 0.0), List.of(wanted * (1 + 1e-9), top))));
        all.add(
                new Curve(
                        "the plan",
                        "mark",
                        false,
                        List.of(List.of(1 / plan.itlSeconds(), plan.tokensPerSecondPerGpu()))));
        return new Curves(
                "frontier",
                "Throughput against interactivity",
                "interactivity, tokens/s/user",
                "throughput, output tokens/s/GPU",
                all);
    }

    private static List<List<Double>> points(Frontier frontier) {
        return FrontierPlot.points(frontier).stream()
                .sorted(Comparator.comparingDouble(Frontier.Point::interactivity))
                .map(p -> List.of(p.interactivity(), p.tokensPerSecondPerGpu()))
                .toList();
    }
}
