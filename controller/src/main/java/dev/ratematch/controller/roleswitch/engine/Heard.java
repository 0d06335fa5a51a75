package dev.ratematch.controller.roleswitch.engine;

import dev.ratematch.controller.roleswitch.LiveRole;

/// What an engine said of its role.
///
/// @param live unknown when there is a trouble
/// @param trouble why it is unknown, a sentence for people; empty when it is known
public record Heard(LiveRole live, String trouble) {

    /// It said this.
    static Heard of(LiveRole live) {
        return new Heard(live, "");
    }

    /// It could not be heard.
    static Heard trouble(String why) {
        return new Heard(LiveRole.UNKNOWN, why);
    }
}
