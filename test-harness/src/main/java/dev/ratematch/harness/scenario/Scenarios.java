package dev.ratematch.harness.scenario;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.scenario.Scenario.Kind;
import dev.ratematch.harness.scenario.Scenario.Scaling;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Every scenario of the judge.
public final class Scenarios {

    static final Slo SLO = new Slo(2, 0.030, 95);
    static final Site SITE = Site.of(32);

    private static final double INVERSION_LEADS = 25;

    private Scenarios() {}

    /// All of them, in the order of reports.
    public static List<Scenario> all() {
        var all = new ArrayList<Scenario>();
        for (double load : new double[] {0.4, 0.5, 0.6, 0.7, 0.8}) {
            all.add(
                    inversion(
                            String.format(Locale.ROOT, "inversion-%.1f", load),
                            load,
                            INVERSION_LEADS));
        }
        all.add(demo(0.5));
        all.add(demo(0.65));
        all.add(codeReasoningCode());
        all.add(generated("conversation", "azure-conv", 2400, 0.6));
        all.add(generated("reasoning", "reasoning", 3600, 0.6));
        all.add(recorded("r1", "servegen-deepseek-r1.resampled.part1.csv.gz", 0, 7200, 0.6));
        all.add(recorded("mooncake", "mooncake-fast25-conversation.part1.jsonl.gz", 0, 2097, 0.6));
        return List.copyOf(all);
    }

    /// Narwhal's phases; the ratio of prefill to decode work turns over twice.
    static Scenario inversion(String name, double load, double leads) {
        double seconds = leads * Site.LEAD_SECONDS;
        return new Scenario(
                name,
                Kind.SHIFTING,
                "Prompts, then answers, then balanced; phases of %.0f lead times.".formatted(leads),
                new Source.Generated("phase-inversion", 3 * seconds, 3),
                Scaling.EACH_PIECE,
                load,
                SLO,
                SITE,
                List.of());
    }

    private static Scenario demo(double load) {
        return new Scenario(
                String.format(Locale.ROOT, "demo2-%s", load),
                Kind.SHIFTING,
                "Code, reasoning, code of eight sources shifted by up to five minutes.",
                new Source.Demo(8),
                Scaling.EACH_PIECE,
                load,
                SLO,
                SITE,
                List.of());
    }

    private static Scenario codeReasoningCode() {
        var code = Phase.of("code", 900, of(400, 7000), of(5, 100));
        var reasoning = Phase.of("reasoning", 1200, of(60, 1500), of(500, 6000));
        return new Scenario(
                "code-reasoning-code",
                Kind.SHIFTING,
                "Long prompts, then long answers, then long prompts again.",
                new Source.Made(
                        List.of(
                                code,
                                reasoning,
                                Phase.of("code-again", 900, code.input(), code.output()))),
                Scaling.EACH_PIECE,
                0.6,
                SLO,
                SITE,
                List.of());
    }

    private static Scenario generated(String name, String generator, double seconds, double load) {
        return calm(
                name,
                "Generator %s, clients independent.".formatted(generator),
                new Source.Generated(generator, seconds, 1),
                load);
    }

    private static Scenario recorded(
            String name, String file, double from, double to, double load) {
        return calm(
                name, "Recorded: %s.".formatted(file), new Source.Recorded(file, from, to), load);
    }

    static Scenario calm(String name, String says, Source source, double load) {
        return new Scenario(
                name, Kind.CALM, says, source, Scaling.WHOLE, load, SLO, SITE, List.of());
    }

    static Bounds of(int least, int most) {
        return new Bounds(least, most);
    }
}
