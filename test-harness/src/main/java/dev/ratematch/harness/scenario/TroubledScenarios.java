package dev.ratematch.harness.scenario;

import static dev.ratematch.harness.scenario.CalmScenarios.calm;
import static dev.ratematch.harness.scenario.CalmScenarios.day;
import static dev.ratematch.harness.scenario.ShiftingScenarios.codeReasoningCode;
import static dev.ratematch.harness.scenario.ShiftingScenarios.turning;

import dev.ratematch.harness.judge.Disruption;
import dev.ratematch.harness.plant.Speculation;
import dev.ratematch.harness.scenario.Scenario.Kind;
import dev.ratematch.harness.scenario.Scenario.Scaling;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import java.util.List;

/// Where something is not as it is told, or goes wrong.
final class TroubledScenarios {

    private static final Bounds PROMPTS = new Bounds(500, 2000);
    private static final Bounds ANSWERS = new Bounds(400, 1600);

    private TroubledScenarios() {}

    static List<Scenario> all() {
        return List.of(
                calm(
                                "drift",
                                "Engines become half as slow again within the hour.",
                                List.of(day("day", 3000)),
                                0.45)
                        .on(Site.of(32).slower(1, 1, 0.5)),
                codeReasoningCode("miscalibrated-both", 0.55)
                        .on(Site.of(32).slower(2, 2, 0))
                        .calm(),
                codeReasoningCode("miscalibrated-prefill", 0.60).on(Site.of(32).slower(2, 1, 0)),
                codeReasoningCode("miscalibrated-decode", 0.55)
                        .on(Site.of(32).slower(1, 2, 0))
                        .calm(),
                turning("slow-start", 0.55, 900, 1).on(Site.of(32).starting(240)),
                slowDrain(),
                turning("receiver-stuck", 0.55, 900, 1).meeting(new Disruption.NoRoom(850, 1300)),
                calm(
                                "node-lost",
                                "A host of eight dies and does not come back.",
                                List.of(day("day", 2400)),
                                0.45)
                        .meeting(new Disruption.HostLost(900, 3)),
                calm(
                                "budget-cut",
                                "The budget falls from 32 to 24 GPUs.",
                                List.of(day("day", 2400)),
                                0.45)
                        .meeting(new Disruption.BudgetCut(900, 24)),
                codeReasoningCode("telemetry-gone", 0.60)
                        .meeting(new Disruption.TelemetryGone(1250, 1850)),
                calm(
                                "speculation-on",
                                "Decode begins to draft three tokens a step, of which 1.5 are right.",
                                List.of(Phase.of("day", 2400, PROMPTS, ANSWERS)),
                                0.60)
                        .meeting(new Disruption.SpeculationOn(900, Speculation.of(3, 2.5))),
                calm(
                                "counters-reset",
                                "Every counter begins at zero again, twice.",
                                List.of(day("day", 1800)),
                                0.60)
                        .meeting(
                                new Disruption.CountersReset(607),
                                new Disruption.CountersReset(1207)));
    }

    /// Donors of decode have answers of minutes in hand.
    private static Scenario slowDrain() {
        return new Scenario(
                "slow-drain",
                Kind.SHIFTING,
                "Very long answers, then prompts: decode donates, and drains for minutes.",
                new Traffic.Made(
                        List.of(
                                Phase.of(
                                        "answers",
                                        1200,
                                        new Bounds(300, 800),
                                        new Bounds(4000, 12000)),
                                Phase.of(
                                        "prompts",
                                        1500,
                                        new Bounds(4000, 12000),
                                        new Bounds(30, 100)))),
                Scaling.EACH_PIECE,
                0.60,
                ShiftingScenarios.SLO,
                ShiftingScenarios.SITE,
                List.of());
    }
}
