package dev.ratematch.harness.scenario;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.scenario.Scenario.Kind;
import dev.ratematch.harness.scenario.Scenario.Scaling;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Traffic that no fixed split serves: what moving can win.
final class ShiftingScenarios {

    static final Slo SLO = new Slo(2, 0.030, 95);
    static final Site SITE = Site.of(32);

    private static final Bounds LONG = new Bounds(8000, 16000);
    private static final Bounds SHORT = new Bounds(300, 800);

    private ShiftingScenarios() {}

    static List<Scenario> all() {
        var all = new ArrayList<Scenario>();
        for (double load : new double[] {0.4, 0.5, 0.6, 0.7, 0.8}) {
            all.add(inversion(String.format(Locale.ROOT, "inversion-%.1f", load), load, 25));
        }
        all.add(inversion("inversion-30-leads", 0.60, 30));
        all.add(turning("inversion-10-leads", 0.55, 600, 1));
        all.add(turning("inversion-3-leads", 0.55, 180, 3));
        all.add(recorded(0.5));
        all.add(recorded(0.65));
        all.add(codeReasoningCode("code-reasoning-code", 0.60));
        all.add(promptFlip());
        all.add(codeReasoningCode("pool-8", 0.55, 800, 1000, 800).on(Site.of(8)));
        all.add(codeReasoningCode("pool-4", 0.55, 800, 1000, 800).on(Site.of(4).spread("tp1")));
        return List.copyOf(all);
    }

    /// Narwhal's phases; the ratio of prefill to decode work turns over twice.
    private static Scenario inversion(String name, double load, double leads) {
        double seconds = leads * Site.LEAD_SECONDS;
        return shifting(
                name,
                "Prompts, then answers, then balanced; phases of %.0f lead times.".formatted(leads),
                new Traffic.Generated("phase-inversion", 3 * seconds, 3),
                load);
    }

    /// The same phases, round after round.
    static Scenario turning(String name, double load, double seconds, int rounds) {
        var phases = new ArrayList<Phase>();
        for (int i = 0; i < rounds; i++) {
            phases.add(Phase.of("prefill-heavy", seconds, LONG, new Bounds(30, 60)));
            phases.add(Phase.of("decode-heavy", seconds, SHORT, new Bounds(1000, 4000)));
            phases.add(Phase.of("balanced", seconds, SHORT, new Bounds(200, 500)));
        }
        return shifting(
                name,
                "Prompts, then answers, then balanced; phases of %.0f lead times, %d rounds."
                        .formatted(seconds / Site.LEAD_SECONDS, rounds),
                new Traffic.Made(phases),
                load);
    }

    /// Named after the demo that showed it once: results are kept by name.
    private static Scenario recorded(double load) {
        return shifting(
                String.format(Locale.ROOT, "demo2-%s", load),
                "Recorded code, reasoning, code, from eight sources shifted by up to five minutes.",
                new Traffic.Spliced(8),
                load);
    }

    /// Code gives way to reasoning, and comes back for less time than it was there: the split that
    /// serves it serves a good half.
    static Scenario codeReasoningCode(String name, double load) {
        return codeReasoningCode(name, load, 1300, 900, 500);
    }

    private static Scenario codeReasoningCode(
            String name, double load, double first, double between, double again) {
        var prompts = new Bounds(400, 7000);
        var answers = new Bounds(5, 100);
        return shifting(
                name,
                "Long prompts, then long answers, then long prompts again.",
                new Traffic.Made(
                        List.of(
                                Phase.of("code", first, prompts, answers),
                                Phase.of(
                                        "reasoning",
                                        between,
                                        new Bounds(60, 1500),
                                        new Bounds(500, 6000)),
                                Phase.of("code-again", again, prompts, answers))),
                load);
    }

    /// The same rate of two classes, one of long prompts and one of long answers; most are of the
    /// one at first, then of the other.
    private static Scenario promptFlip() {
        var answers = Phase.of("answers", 800, SHORT, new Bounds(800, 2400));
        var prompts = Phase.of("prompts", 800, new Bounds(5000, 12000), new Bounds(40, 160));
        return new Scenario(
                "prompt-flip",
                Kind.SHIFTING,
                "Prompts turn from short to long and back, answers the other way; the rate stands.",
                new Traffic.Made(
                        List.of(
                                answers,
                                prompts,
                                Phase.of("answers-again", 800, SHORT, answers.output()))),
                Scaling.WHOLE,
                0.75,
                SLO,
                SITE,
                List.of());
    }

    private static Scenario shifting(String name, String says, Traffic traffic, double load) {
        return new Scenario(
                name, Kind.SHIFTING, says, traffic, Scaling.EACH_PIECE, load, SLO, SITE, List.of());
    }
}
