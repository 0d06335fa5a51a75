package dev.ratematch.harness.plant;

import dev.ratematch.controller.observe.Role;

/// Which engine of the plant it is. Those of one role are numbered as they begin to serve.
///
/// @param number of the engine within its role, from 0
/// @param kvTokens KV tokens that fit
public record EngineId(Role role, int number, long kvTokens) {}
