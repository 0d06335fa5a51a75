package dev.ratematch.harness.foreign;

/// Mean lengths of requests, in tokens.
record Mix(double input, double output) {}
