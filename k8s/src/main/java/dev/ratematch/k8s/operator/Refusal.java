package dev.ratematch.k8s.operator;

/// Why something is not done, in the two forms that a condition has.
///
/// @param reason one word in CamelCase
/// @param message one sentence for people that says what to change
record Refusal(String reason, String message) {}
