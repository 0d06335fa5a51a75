package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.units.Check;

/// How those behave who send requests.
///
/// @param patienceSeconds after which a client gives up that has no first token yet; infinite for
///   never
/// @param samples answers that a request asks for, each a sequence of its own in decode
public record Clients(double patienceSeconds, int samples) {

    /// They wait as long as it takes, for one answer.
    public static final Clients PATIENT = new Clients(Double.POSITIVE_INFINITY, 1);

    public Clients {
        Check.atLeast("samples", samples, 1);
        if (!(patienceSeconds > 0)) {
            throw new IllegalArgumentException(
                    "patienceSeconds (%s) must be positive.".formatted(patienceSeconds));
        }
    }

    /// Whether any of them may give up.
    boolean mayGiveUp() {
        return Double.isFinite(patienceSeconds);
    }
}
