package dev.ratematch.controller.filter;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.spec.Behavior;
import dev.ratematch.controller.spec.Behavior.Direction;
import dev.ratematch.controller.spec.Behavior.Policy;
import dev.ratematch.controller.spec.Behavior.Rules;
import dev.ratematch.controller.spec.Behavior.Select;
import dev.ratematch.controller.spec.Behavior.Unit;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.units.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;

/// `options` and `behavior` of a service, wherever they are written. Unlike other fields, one that
/// nobody knows is refused: a bound that is misspelt and ignored would bind nothing.
final class TuningReader {

    private static final int VALUE_MOST = 1_000_000;

    private TuningReader() {}

    static Tuning read(Fields top) {
        return new Tuning(options(top.object("options")), behavior(top.object("behavior")));
    }

    private static EnumMap<Option, Double> options(Fields given) {
        var set = new EnumMap<Option, Double>(Option.class);
        for (String key : given.names()) {
            var option = Option.named(key, given.path(key), given.shown(key));
            var value = given.number(key, -Double.MAX_VALUE, Double.MAX_VALUE);
            if (value != null) {
                set.put(option, option.checked(given.path(key), value));
            }
        }
        return set;
    }

    private static Behavior behavior(Fields given) {
        var behavior =
                new Behavior(
                        rules(given.object(Role.PREFILL.label())),
                        rules(given.object(Role.DECODE.label())));
        given.refuseOthers();
        return behavior;
    }

    private static Rules rules(Fields given) {
        var rules =
                new Rules(direction(given.object("scaleUp")), direction(given.object("scaleDown")));
        given.refuseOthers();
        return rules;
    }

    private static Direction direction(Fields given) {
        var policies = new ArrayList<Policy>();
        for (var policy : given.objects("policies")) {
            policies.add(policy(policy));
        }
        var tolerance = given.number("tolerance", 0, 1);
        var direction =
                new Direction(
                        given.whole("stabilizationWindowSeconds", 0, Direction.WINDOW_MOST_SECONDS),
                        policies,
                        select(given),
                        tolerance == null ? 0 : tolerance);
        given.refuseOthers();
        return direction;
    }

    private static Select select(Fields given) {
        var text = given.text("selectPolicy");
        if (text == null) {
            return Select.MAX;
        }
        for (var select : Select.values()) {
            if (select.label().equals(text)) {
                return select;
            }
        }
        throw Names.unknown(
                given.path("selectPolicy"),
                text,
                Arrays.stream(Select.values()).map(Select::label).toList());
    }

    private static Policy policy(Fields given) {
        var policy =
                new Policy(
                        unit(given),
                        given.requiredWhole("value", 1, VALUE_MOST),
                        given.requiredWhole("periodSeconds", 1, Policy.PERIOD_MOST_SECONDS));
        given.refuseOthers();
        return policy;
    }

    private static Unit unit(Fields given) {
        String text = given.requiredText("type");
        return switch (text) {
            case "Replicas", "Pods" -> Unit.REPLICAS;
            case "Percent" -> Unit.PERCENT;
            default ->
                    throw Names.unknown(
                            given.path("type"), text, List.of("Replicas", "Pods", "Percent"));
        };
    }
}
