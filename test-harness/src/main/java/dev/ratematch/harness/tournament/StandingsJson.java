package dev.ratematch.harness.tournament;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.harness.scenario.Scenario;
import java.util.OptionalDouble;

/// Standings as one JSON object; what a policy cannot have is null. Pure.
public final class StandingsJson {

    private static final double MILLIS = 1e3;

    private StandingsJson() {}

    /// The object.
    public static ObjectNode of(Standings standings) {
        var node = JsonNodeFactory.instance.objectNode();
        standings.seeds().forEach(node.putArray("seeds")::add);
        var policies = node.putArray("policies");
        for (var policy : standings.policies()) {
            var each = policies.addObject().put("policy", policy);
            put(each, "mean_regret_points", standings.meanRegret(policy));
            put(each, "worst_regret_points", standings.worstRegret(policy));
        }
        var scenarios = node.putArray("scenarios");
        for (var scenario : standings.scenarios()) {
            scenario(scenarios.addObject(), standings, scenario);
        }
        var missing = node.putArray("missing");
        for (var scenario : standings.missing()) {
            missing.addObject()
                    .put("scenario", scenario.name())
                    .put("trace", scenario.traffic().file());
        }
        return node;
    }

    private static void scenario(ObjectNode node, Standings standings, Scenario scenario) {
        node.put("scenario", scenario.name())
                .put("description", scenario.says())
                .put("kind", scenario.kind().label())
                .put("load", scenario.load())
                .put("ttft_ms", MILLIS * scenario.slo().ttftSeconds())
                .put("itl_ms", MILLIS * scenario.slo().itlSeconds())
                .put("gpus", scenario.site().gpus());
        var runs = node.putArray("runs");
        for (var policy : standings.policies()) {
            standings.score(scenario, policy).ifPresent(score -> score(runs.addObject(), score));
        }
    }

    private static void score(ObjectNode node, Score score) {
        node.put("policy", score.policy())
                .put("good_percent", score.goodPercent())
                .put("worst_seed_good_percent", score.worstPercent())
                .put("phases_good_percent", score.phasesPercent());
        put(node, "regret_points", score.regretPoints());
        node.put("gpu_hours", score.gpuHours()).put("moves_per_hour", score.movesPerHour());
        put(node, "adapt_s", score.adaptSeconds());
        node.put("past_saving_percent", score.pastSavingPercent());
    }

    private static void put(ObjectNode node, String name, OptionalDouble value) {
        if (value.isPresent()) {
            node.put(name, value.getAsDouble());
        } else {
            node.putNull(name);
        }
    }
}
