package dev.ratematch.controller.guard;

/// A number that a verdict rests on.
///
/// @param name with its unit, such as `unseen_s`
public record Figure(String name, double value) {}
