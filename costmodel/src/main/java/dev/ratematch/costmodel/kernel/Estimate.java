package dev.ratematch.costmodel.kernel;

/// A latency and how far it can be trusted.
///
/// @param micros latency, microseconds
/// @param confidence the least trustworthy ingredient
public record Estimate(double micros, Confidence confidence) {}
