package dev.ratematch.harness.plant;

/// What a pool has in hand, requests summed over its replicas.
///
/// @param waiting not begun yet
/// @param running being computed
/// @param waitingForKv of the waiting, those whose KV is still elsewhere
/// @param kvUsed mean share of KV in use, 0 to 1
/// @param promptTokens of the waiting and the running, prompt tokens still to be computed
public record PoolLoad(
        int waiting, int running, int waitingForKv, double kvUsed, long promptTokens) {}
