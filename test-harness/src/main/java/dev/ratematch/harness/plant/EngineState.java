package dev.ratematch.harness.plant;

/// What one engine has in hand at an instant, requests where nothing else is said.
///
/// @param waiting not begun yet
/// @param waitingForKv of the waiting, those whose KV is still elsewhere
/// @param arriving of those, the ones that have room here and whose KV is on its way
/// @param expected elsewhere still, and known to come here
/// @param held done here, their KV kept until decode has it
/// @param running being computed
/// @param kvUsed share of KV in use, 0 to 1
/// @param promptTokens prompt tokens still to be computed
public record EngineState(
        int waiting,
        int waitingForKv,
        int arriving,
        int expected,
        int held,
        int running,
        double kvUsed,
        long promptTokens) {}
