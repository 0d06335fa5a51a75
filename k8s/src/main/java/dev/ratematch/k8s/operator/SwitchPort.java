package dev.ratematch.k8s.operator;

import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.engine.Heard;

/// Engines that can be told their role. Each call waits for its answer, and every failure is one.
interface SwitchPort {

    /// The job that it does now.
    Heard live(String engine);

    /// Whether it takes switches; changes nothing.
    Reply ask(String engine, Order.Ask order);

    /// Tells it to take a role.
    Reply tell(String engine, Order.Switch order);
}
