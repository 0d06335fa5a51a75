package dev.ratematch.controller.telemetry.prometheus;

/// Answers of the query API, read as a client reads them.
public final class Answers {

    private Answers() {}

    /// What a body says; no warning is accepted but one.
    public static Outcome read(String body) {
        return AnswerReader.read(body, "accepted"::equals, text -> text);
    }
}
