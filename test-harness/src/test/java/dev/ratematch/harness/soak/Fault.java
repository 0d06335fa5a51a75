package dev.ratematch.harness.soak;

/// What goes wrong, or is changed from outside, from one cycle on and for some.
///
/// @param from cycle before which it begins, from 1
/// @param cycles how many it lasts; what happens once has one
/// @param size how much: a host, a count, a share in percent, as the kind has it
record Fault(Kind kind, int from, int cycles, int size) {

    /// Kinds of trouble.
    enum Kind {
        /// A host dies with what runs on it: of narrow hosts a replica, of wide ones several.
        HOST_LOST,
        /// What is placed anew never starts.
        NOTHING_STARTS,
        /// No page is answered.
        PAGES_GONE,
        /// Every other page is not answered.
        PAGES_HALF_GONE,
        /// Every number of a page is none.
        NOT_A_NUMBER,
        /// Pages are those of the cycle before the trouble.
        PAGES_STALE,
        /// Counters begin again.
        COUNTERS_RESET,
        /// Replicas cannot be counted.
        FLEET_UNKNOWN,
        /// Counts are not taken.
        FLEET_REFUSES,
        /// Another budget.
        BUDGET,
        /// Another promise.
        PROMISE,
        /// Somebody scales a role by hand.
        SCALED_BY_HAND,
        /// The process ends; the next one goes on from what was saved as a whole.
        RESTARTED,
        /// The same, from what the operator remembers.
        RESTARTED_FROM_MEMORY,
        /// Somebody asks for the fleet to be left alone.
        PAUSED;

        /// Whether nothing that a decision needs can be seen meanwhile.
        boolean blinds() {
            return this == PAGES_GONE || this == NOT_A_NUMBER || this == FLEET_UNKNOWN;
        }
    }

    boolean during(int cycle) {
        return cycle >= from && cycle < from + cycles;
    }
}
