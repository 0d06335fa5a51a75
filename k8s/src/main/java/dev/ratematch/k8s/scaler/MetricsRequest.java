package dev.ratematch.k8s.scaler;

/// A question for one metric's value.
record MetricsRequest(ScaledObjectRef ref, String metricName) {}
