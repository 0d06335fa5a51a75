package dev.ratematch.controller.telemetry;

/// What one of the three counters of a flow tells of one window.
///
/// @param came requests that came in it
/// @param done requests that ended in it
/// @param unknown requests that pods may have counted unseen, because they came, left or began
///   again
/// @param silent pods that serve and are not read
/// @param firstSeconds when the first of its pods was read, seconds
/// @param lastSeconds when the last of them was
record FlowCount(
        double came,
        double done,
        double unknown,
        int silent,
        double firstSeconds,
        double lastSeconds) {

    /// Deviations that chance may bring: one comparison in four hundred is beyond them.
    private static final double DEVIATIONS = 3;

    /// Requests on their way between two counters, and their share of all: counts of one scrape
    /// differ by so much.
    private static final double ON_THE_WAY = 3;

    private static final double ON_THE_WAY_SHARE = 0.01;

    /// Requests from which on a comparison says anything.
    private static final double TELLING = 20;

    /// The same of so many times the requests.
    FlowCount times(double factor) {
        return new FlowCount(
                came * factor, done * factor, unknown * factor, silent, firstSeconds, lastSeconds);
    }

    /// Those that ended, as a count of their own.
    FlowCount ended() {
        return new FlowCount(done, done, unknown, silent, firstSeconds, lastSeconds);
    }

    /// The same without some that came.
    FlowCount less(double requests) {
        return new FlowCount(
                Math.max(0, came - requests), done, unknown, silent, firstSeconds, lastSeconds);
    }

    /// Both together.
    FlowCount plus(FlowCount other) {
        return new FlowCount(
                came + other.came,
                done + other.done,
                unknown + other.unknown,
                Math.max(silent, other.silent),
                Math.min(firstSeconds, other.firstSeconds),
                Math.max(lastSeconds, other.lastSeconds));
    }

    /// How far two counts of one flow may differ in themselves.
    static double onTheWay(double count) {
        return ON_THE_WAY + ON_THE_WAY_SHARE * count;
    }

    /// How far this count and another of the same flow may differ by chance. What both saw is
    /// equal; only what one of them saw before or after the other is chance, of Poisson's variance,
    /// at both ends of the window. It is never more than for two flows that have nothing in common,
    /// whose difference has the variance of their sum (Skellam 1946).
    double chance(FlowCount other, double windowSeconds) {
        double most = Math.max(came, other.came);
        double apart =
                Math.max(lastSeconds, other.lastSeconds)
                        - Math.min(firstSeconds, other.firstSeconds);
        double unshared = Double.isFinite(apart) ? Math.min(1, apart / windowSeconds) : 1;
        double variance = 2 * most * unshared;
        return DEVIATIONS * StrictMath.sqrt(variance) + onTheWay(most) + unknown + other.unknown;
    }

    /// Whether this is less than another beyond chance.
    boolean below(FlowCount other, double windowSeconds) {
        return below(came, other, other.came, windowSeconds);
    }

    /// Whether neither is less than the other beyond chance.
    boolean agrees(FlowCount other, double windowSeconds) {
        return !below(other, windowSeconds) && !other.below(this, windowSeconds);
    }

    /// Whether fewer ended here than there, beyond chance.
    boolean endedFewer(FlowCount other, double windowSeconds) {
        return below(done, other, other.done, windowSeconds);
    }

    private boolean below(double mine, FlowCount other, double its, double windowSeconds) {
        return its >= TELLING && its - mine > chance(other, windowSeconds);
    }
}
