package dev.ratematch.harness.tournament;

import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.judge.Judge;
import dev.ratematch.harness.scenario.Scenario;
import java.util.List;

/// What a result is of: code, scenario, policy, options. Anchors and peers stay good while the law
/// is changed.
final class Keys {

    private final String anchors = Code.ofAnchors();
    private final String law = Code.ofLaw(List.of(ControlLoop.class, KvLink.class, Judge.class));

    /// The key of a policy's results on a scenario.
    String of(Scenario scenario, String policy, Setting setting) {
        var text = new StringBuilder(anchors).append(scenario);
        if (!scenario.traffic().file().isEmpty()) {
            text.append(Code.of(setting.traces().resolve(scenario.traffic().file())));
        }
        if (Policies.ours(policy)) {
            text.append(law).append(setting.law());
        }
        if (policy.equals(Policies.ORACLE)) {
            text.append(setting.effort());
        }
        return Code.of(text.toString());
    }
}
