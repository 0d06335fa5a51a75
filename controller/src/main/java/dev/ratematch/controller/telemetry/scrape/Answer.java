package dev.ratematch.controller.telemetry.scrape;

/// What one target answered.
///
/// @param body the text; empty when there is an error
/// @param error why there is none, for people; empty when there is a body
public record Answer(Target target, String body, String error) {

    /// A body.
    public static Answer of(Target target, String body) {
        return new Answer(target, body, "");
    }

    /// No body, and why.
    public static Answer failed(Target target, String why) {
        return new Answer(target, "", why);
    }
}
