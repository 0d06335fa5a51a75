package dev.ratematch.sizing.launch;

/// Where a replica serves.
///
/// @param port that the engine listens on
/// @param router host and port of the router, where engines tell it of themselves
public record Place(int port, String router) {}
