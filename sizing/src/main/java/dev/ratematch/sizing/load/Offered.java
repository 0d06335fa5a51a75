package dev.ratematch.sizing.load;

import dev.ratematch.costmodel.units.Check;

/// The load that a fleet is sized for.
public sealed interface Offered {

    /// Requests that come whatever the fleet does.
    ///
    /// @param requestsPerSecond arrivals, above 0
    record Rate(double requestsPerSecond) implements Offered {

        public Rate {
            Check.positive("--rate", requestsPerSecond);
        }
    }

    /// Clients that each send their next request once the one before has ended.
    ///
    /// @param clients at least 1
    record Concurrency(int clients) implements Offered {

        public Concurrency {
            Check.atLeast("--concurrency", clients, 1);
        }
    }
}
