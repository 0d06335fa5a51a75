package dev.ratematch.k8s.operator;

/// One event as people read it.
///
/// @param reason one word in CamelCase
/// @param text one sentence
record Said(boolean warning, String reason, String text) {}
