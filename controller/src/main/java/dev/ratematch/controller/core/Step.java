package dev.ratematch.controller.core;

/// The outcome of one cycle.
public record Step(State state, Decision decision, Explanation explanation) {}
