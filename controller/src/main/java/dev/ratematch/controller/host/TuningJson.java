package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.spec.Behavior;
import dev.ratematch.controller.spec.Behavior.Direction;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.Tuning;

/// Options and behavior with the fields by which a service line sets them.
public final class TuningJson {

    private TuningJson() {}

    /// Every option, those that nobody set too.
    public static ObjectNode all(Tuning tuning) {
        var node = JsonNodeFactory.instance.objectNode();
        for (var option : Option.values()) {
            node.put(option.key(), tuning.value(option));
        }
        return node;
    }

    /// The options that somebody set.
    static ObjectNode set(Tuning tuning) {
        var node = JsonNodeFactory.instance.objectNode();
        tuning.set().forEach((option, value) -> node.put(option.key(), value));
        return node;
    }

    /// What is said of each role, as far as anything is.
    public static ObjectNode behavior(Behavior behavior) {
        var node = JsonNodeFactory.instance.objectNode();
        for (var role : Role.values()) {
            var rules = behavior.of(role);
            var both = JsonNodeFactory.instance.objectNode();
            direction(both, "scaleUp", rules.scaleUp());
            direction(both, "scaleDown", rules.scaleDown());
            if (!both.isEmpty()) {
                node.set(role.label(), both);
            }
        }
        return node;
    }

    private static void direction(ObjectNode both, String name, Direction rules) {
        if (rules.equals(Direction.FREE)) {
            return;
        }
        var node = both.putObject(name);
        if (rules.stabilizationWindowSeconds() != null) {
            node.put("stabilizationWindowSeconds", rules.stabilizationWindowSeconds());
        }
        if (!rules.policies().isEmpty()) {
            var policies = node.putArray("policies");
            for (var policy : rules.policies()) {
                policies.addObject()
                        .put("type", policy.unit().label())
                        .put("value", policy.value())
                        .put("periodSeconds", policy.periodSeconds());
            }
        }
        node.put("selectPolicy", rules.select().label());
        node.put("tolerance", rules.tolerance());
    }
}
