package dev.ratematch.controller.roleswitch;

/// Seconds that a transaction spent in each phase so far.
public record Spent(
        double asking, double draining, double switching, double verifying, double restoring) {

    /// None yet.
    public static final Spent NONE = new Spent(0, 0, 0, 0, 0);

    /// Out of both pools, by and large: everything but asking.
    public double away() {
        return draining + switching + verifying + restoring;
    }

    /// More in one phase; the wait for a pod's end counts with the way back.
    Spent plus(Phase phase, double seconds) {
        return switch (phase) {
            case ASKING -> new Spent(asking + seconds, draining, switching, verifying, restoring);
            case DRAINING -> new Spent(asking, draining + seconds, switching, verifying, restoring);
            case SWITCHING ->
                    new Spent(asking, draining, switching + seconds, verifying, restoring);
            case VERIFYING ->
                    new Spent(asking, draining, switching, verifying + seconds, restoring);
            case RESTORING, CONDEMNED ->
                    new Spent(asking, draining, switching, verifying, restoring + seconds);
        };
    }
}
