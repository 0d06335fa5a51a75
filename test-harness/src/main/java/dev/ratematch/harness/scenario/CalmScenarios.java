package dev.ratematch.harness.scenario;

import dev.ratematch.harness.plant.PlantSettings.Router;
import dev.ratematch.harness.scenario.Scenario.Kind;
import dev.ratematch.harness.scenario.Scenario.Scaling;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import dev.ratematch.harness.traffic.Phases.Shared;
import dev.ratematch.harness.traffic.Phases.Wander;
import java.util.List;

/// Traffic that one split serves: do not lose, and give back what is not needed.
final class CalmScenarios {

    private static final Bounds PROMPTS = new Bounds(500, 4000);
    private static final Bounds ANSWERS = new Bounds(100, 500);

    private CalmScenarios() {}

    static List<Scenario> all() {
        return List.of(
                calm("calm-day", "One mix at one rate.", List.of(day("day", 2400)), 0.60),
                calm(
                        "bursty-calm",
                        "One mix; the rate wanders within half a minute.",
                        List.of(day("day", 2400).wandering(new Wander(0.1, 30))),
                        0.60),
                calm(
                        "diurnal",
                        "The rate rises to fivefold and falls again, the mix stands.",
                        List.of(
                                day("morning", 1200).at(0.2, 1),
                                day("noon", 600),
                                day("evening", 1200).at(1, 0.2)),
                        0.60),
                idleNight("idle-night", Site.of(32)),
                idleNight("idle-night-8", Site.of(8)),
                calm(
                        "reasoning",
                        "Generator reasoning: few long answers, the rate wanders.",
                        new Traffic.Generated("reasoning", 3600, 1),
                        0.60),
                calm(
                        "huge-prompt",
                        "A calm day with one prompt of 120,000 tokens.",
                        new Traffic.With(
                                new Traffic.Made(List.of(day("day", 1800))), 900, 1, 120_000, 100),
                        0.60),
                outputExplosion(),
                cacheCollapse(),
                kvBound(),
                saturatedLink());
    }

    private static Scenario outputExplosion() {
        var prompts = new Bounds(1000, 4000);
        return calm(
                "osl-explosion",
                "Answers turn ten times as long, the rate stands.",
                List.of(
                        Phase.of("short", 900, prompts, new Bounds(60, 200)),
                        Phase.of("long", 1200, prompts, new Bounds(600, 2000))),
                0.70);
    }

    private static Scenario cacheCollapse() {
        var prompts = new Bounds(4000, 12000);
        var answers = new Bounds(200, 800);
        return calm(
                        "cache-collapse",
                        "Four fifths of each prompt are in the prefix cache, then nothing.",
                        List.of(
                                Phase.of("shared", 900, prompts, answers)
                                        .sharing(new Shared(0.8, 40)),
                                Phase.of("own", 1200, prompts, answers)),
                        0.70)
                .on(Site.of(32).routed(Router.PREFIX_AWARE));
    }

    private static Scenario kvBound() {
        var day = Phase.of("day", 1800, new Bounds(2000, 6000), new Bounds(300, 1200));
        return calm("kv-bound", "KV for some fifty sequences a replica.", List.of(day), 0.70)
                .on(Site.of(32).holding(250_000, 50));
    }

    private static Scenario saturatedLink() {
        var day = Phase.of("day", 1800, new Bounds(2000, 8000), new Bounds(100, 500));
        return calm(
                        "saturated-link",
                        "KV leaves prefill as slowly as it is made.",
                        List.of(day),
                        0.40)
                .on(Site.of(32).holding(0, 3));
    }

    static Phase day(String name, double seconds) {
        return Phase.of(name, seconds, PROMPTS, ANSWERS);
    }

    static Scenario calm(String name, String says, List<Phase> phases, double load) {
        return calm(name, says, new Traffic.Made(phases), load);
    }

    static Scenario calm(String name, String says, Traffic traffic, double load) {
        return new Scenario(
                name,
                Kind.CALM,
                says,
                traffic,
                Scaling.WHOLE,
                load,
                ShiftingScenarios.SLO,
                ShiftingScenarios.SITE,
                List.of());
    }

    private static Scenario idleNight(String name, Site site) {
        return calm(
                        name,
                        "Nobody comes for twenty minutes; then everybody at once.",
                        List.of(day("day", 600), day("night", 1200).at(0, 0), day("morning", 600)),
                        0.55)
                .on(site);
    }
}
