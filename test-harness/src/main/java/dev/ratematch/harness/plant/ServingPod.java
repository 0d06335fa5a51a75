package dev.ratematch.harness.plant;

/// A pod whose engine serves or drains, at an instant.
///
/// @param name of the pod
/// @param engine the engine in it
/// @param state what that engine has in hand
public record ServingPod(String name, EngineId engine, EngineState state) {}
