package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.Reply.Answer;
import dev.ratematch.controller.roleswitch.engine.Heard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// Engines that are told their role, by address.
final class FakeSwitches implements SwitchPort {

    /// What engines answer to a switch.
    Function<Order.Switch, Answer> answers = _ -> Answer.SWITCHED;

    /// What engines answer when they are asked whether they take switches.
    Answer able = Answer.ABLE;

    /// Every call that changes something, in order.
    final List<String> told = new ArrayList<>();

    /// What is said of each role.
    final Map<String, Role> roles = new TreeMap<>();

    @Override
    public Heard live(String engine) {
        var role = roles.get(engine);
        return role == null
                ? new Heard(LiveRole.UNKNOWN, "no engine here")
                : new Heard(LiveRole.of(role), "");
    }

    @Override
    public Reply ask(String engine, Order.Ask order) {
        return new Reply(able, order.serial(), "it answered " + able);
    }

    @Override
    public Reply tell(String engine, Order.Switch order) {
        told.add("%s to %s".formatted(order.instance(), order.to().label()));
        var answer = answers.apply(order);
        if (answer == Answer.SWITCHED) {
            roles.put(engine, order.to());
        }
        return new Reply(answer, order.serial(), "it answered " + answer);
    }
}
