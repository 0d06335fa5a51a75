package dev.ratematch.k8s.scaler;

/// A metric with its target or its value: on the wire both look the same.
record Metric(String name, int number) {}
