package dev.ratematch.experiments.study;

import dev.ratematch.experiments.findings.Findings.Note;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Lines;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.experiments.study.SpeculationStudy.Step;
import dev.ratematch.experiments.study.SpeculationStudy.Switched;
import dev.ratematch.harness.judge.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How speculation is shown.
final class SpeculationPage {

    private SpeculationPage() {}

    static String answer(
            List<Step> steps, List<Step> free, Switched switched, double switchSeconds) {
        var one = steps.getFirst();
        var best =
                steps.stream()
                        .max(Comparator.comparingDouble(Step::requestsPerSecond))
                        .orElseThrow();
        var last = steps.getLast();
        var before = Rows.at(switched.ours(), switchSeconds);
        var after = switched.ours().timeline().getLast();
        return Words.say(
                "From 1 to %.1f accepted tokens a step the best prefill:decode ratio goes from %s to"
                        + " %s and the fleet carries %.2f times the requests, most at %.1f with %.2f"
                        + " times (%.2f times were verification free); switched on mid-run, our"
                        + " controller goes from %dP%dD to %dP%dD and holds %.0f %% of the GPU-hours of"
                        + " the split that stands still.",
                last.speculation().acceptLength(),
                Words.ratio(one.ratio()),
                Words.ratio(last.ratio()),
                last.requestsPerSecond() / one.requestsPerSecond(),
                best.speculation().acceptLength(),
                best.requestsPerSecond() / one.requestsPerSecond(),
                free.getLast().requestsPerSecond() / one.requestsPerSecond(),
                before.prefill(),
                before.decode(),
                after.prefill(),
                after.decode(),
                100 * switched.ours().gpuHours() / switched.still().gpuHours());
    }

    static List<Table> tables(
            List<Step> steps, List<Step> free, Switched switched, double switchSeconds) {
        var rows = new ArrayList<List<Value>>();
        double first = steps.getFirst().requestsPerSecond();
        for (int i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            rows.add(
                    Rows.row(
                            step.speculation().acceptLength(),
                            step.speculation().draftTokens(),
                            step.split().label(),
                            step.ratio(),
                            step.requestsPerSecond(),
                            step.requestsPerSecond() / first,
                            100 * step.still().attainment(),
                            free.get(i).ratio(),
                            free.get(i).requestsPerSecond() / first));
        }
        return List.of(
                new Table(
                        "By accept length",
                        List.of(
                                new Column("accepted", "tokens/step", 1),
                                new Column("drafts", "a step", 0),
                                Column.of("best split"),
                                new Column("prefill:decode GPUs", "", 2),
                                new Column("traffic", "requests/s", 2),
                                new Column("gain", "times", 2),
                                new Column("good", "%", 1),
                                new Column("ratio if free", "", 2),
                                new Column("gain if free", "times", 2)),
                        rows),
                new Table(
                        Words.say(
                                "Speculation of %.1f tokens a step switched on after %.0f min",
                                switched.speculation().acceptLength(), switchSeconds / 60),
                        List.of(
                                Column.of("policy"),
                                new Column("good before", "%", 1),
                                new Column("good after", "%", 1),
                                Column.of("moves"),
                                Column.of("pair before"),
                                Column.of("pair at the end"),
                                new Column("held", "GPU-hours", 2)),
                        List.of(
                                Rows.turned("static-best", switched.still(), switchSeconds),
                                Rows.turned("ratematch", switched.ours(), switchSeconds))));
    }

    static List<Picture> pictures(List<Step> steps, List<Step> free, Switched switched) {
        double first = steps.getFirst().requestsPerSecond();
        return List.of(
                new Lines(
                        "Best ratio by accept length",
                        Axis.linear("tokens accepted a step"),
                        Axis.linear("prefill GPUs per decode GPU"),
                        List.of(
                                Rows.line(
                                        "verification paid",
                                        steps,
                                        s -> s.speculation().acceptLength(),
                                        Step::ratio),
                                Rows.line(
                                        "verification free",
                                        free,
                                        s -> s.speculation().acceptLength(),
                                        Step::ratio)),
                        List.of()),
                new Lines(
                        "Requests that the fleet carries",
                        Axis.linear("tokens accepted a step"),
                        Axis.linear("times those without speculation"),
                        List.of(
                                Rows.line(
                                        "verification paid",
                                        steps,
                                        s -> s.speculation().acceptLength(),
                                        s -> s.requestsPerSecond() / first),
                                Rows.line(
                                        "verification free",
                                        free,
                                        s -> s.speculation().acceptLength(),
                                        s -> s.requestsPerSecond() / first)),
                        List.of()),
                new Lines(
                        "Switched on mid-run: replicas that our controller commands",
                        Axis.linear("minutes"),
                        Axis.linear("replicas"),
                        List.of(
                                Rows.commanded("prefill", switched.ours(), Outcome.Point::prefill),
                                Rows.commanded("decode", switched.ours(), Outcome.Point::decode)),
                        List.of()));
    }

    static List<Note> notes(List<Step> steps, List<Step> free) {
        // What deployments with MTP accept is between two and three tokens.
        int usual = 0;
        while (usual + 1 < steps.size() && steps.get(usual).speculation().acceptLength() < 2) {
            usual++;
        }
        double up = steps.get(usual).ratio() / steps.getFirst().ratio();
        double upFree = free.get(usual).ratio() / free.getFirst().ratio();
        return List.of(
                new Note(
                        "Not studied there; deployments with MTP are built with 1.3 to 2 times the"
                                + " ratio (InferenceX recipes).",
                        up >= 1.3 && up <= 2,
                        Words.say(
                                "%.2f times at %.1f tokens a step, %.2f times were verification free.%s",
                                up,
                                steps.get(usual).speculation().acceptLength(),
                                upFree,
                                up < 1.3
                                        ? " Here the fleet is at its full load, where large decode"
                                                + " batches compute every draft; recipes compare at"
                                                + " equal concurrency."
                                        : "")));
    }
}
