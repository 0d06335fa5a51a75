package dev.ratematch.controller.move;

import dev.ratematch.controller.move.Move.Phase;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;

/// The counts to command now so that a move proceeds and the GPU budget holds in every state,
/// counting ready, starting, pending and draining replicas.
///
/// A pool that grows takes only GPUs that are free already; a pool that shrinks waits while free
/// GPUs alone can carry the growth (receiver first) until that growth is ready, and goes first
/// otherwise (donor first).
///
/// @param prefill prefill replicas to command now
/// @param decode decode replicas to command now
/// @param move the move as it stands after this
/// @param drains whether it waits for replicas that drain: they cannot be called back, and their
///   GPUs serve nobody else meanwhile, so that being late is no reason to turn round or give up
public record Stage(int prefill, int decode, Move move, boolean drains) {

    /// Drain times after which a donor whose draining replicas nobody counts is taken as empty.
    private static final double DRAINS_PRESUMED = 2;

    /// Advances an open move by one look at the fleet.
    public static Stage advance(Move move, ServiceSpec spec, Snapshot snapshot) {
        var p = Holding.of(Role.PREFILL, move, spec, snapshot);
        var d = Holding.of(Role.DECODE, move, spec, snapshot);
        int held =
                p.held() * spec.prefill().gpusPerReplica()
                        + d.held() * spec.decode().gpusPerReplica();
        int free = spec.budgetGpus() - held;
        int growthGpus =
                growthGpus(p, move.toPrefill(), spec.prefill())
                        + growthGpus(d, move.toDecode(), spec.decode());
        boolean receiverFirst = growthGpus <= free;
        boolean mayShrink = !receiverFirst || !growing(p, d, move);
        int prefill = next(p, move.toPrefill(), spec.prefill(), free, mayShrink);
        int taken = Math.max(0, prefill - p.claimed()) * spec.prefill().gpusPerReplica();
        int decode = next(d, move.toDecode(), spec.decode(), free - taken, mayShrink);
        boolean shrinks = prefill < p.desired() || decode < d.desired();
        double shrunk =
                shrinks && move.shrunkSeconds() < 0 ? snapshot.atSeconds() : move.shrunkSeconds();
        var phase = phase(move, p, d);
        boolean drains =
                phase == Phase.DONOR_DRAINING
                        || (phase == Phase.COMPENSATING && p.draining() + d.draining() > 0);
        return new Stage(prefill, decode, move.in(phase, shrunk), drains);
    }

    private static boolean growing(Holding p, Holding d, Move move) {
        boolean prefillGrows = move.toPrefill() > move.fromPrefill();
        boolean decodeGrows = move.toDecode() > move.fromDecode();
        return (prefillGrows && p.ready() < move.toPrefill())
                || (decodeGrows && d.ready() < move.toDecode());
    }

    /// Growth not commanded yet: what is commanded has its GPUs in `held` already.
    private static int growthGpus(Holding pool, int to, PoolSpec spec) {
        return Math.max(0, to - pool.claimed()) * spec.gpusPerReplica();
    }

    private static int next(Holding pool, int to, PoolSpec spec, int free, boolean mayShrink) {
        if (to < pool.desired()) {
            return mayShrink ? to : pool.desired();
        }
        int room = Math.max(0, free) / spec.gpusPerReplica();
        int affordable = Math.max(pool.desired(), pool.claimed() + room);
        return Math.min(to, affordable);
    }

    private static Phase phase(Move move, Holding p, Holding d) {
        boolean counts = p.desired() == move.toPrefill() && d.desired() == move.toDecode();
        boolean settled = p.settled(move.toPrefill()) && d.settled(move.toDecode());
        if (counts && settled) {
            return move.phase() == Phase.COMPENSATING ? Phase.ROLLED_BACK : Phase.DONE;
        }
        if (move.phase() == Phase.COMPENSATING) {
            return Phase.COMPENSATING;
        }
        if (p.starting() + d.starting() > 0) {
            return Phase.RECEIVER_STARTING;
        }
        if (p.draining() + d.draining() > 0) {
            return Phase.DONOR_DRAINING;
        }
        return counts ? Phase.VERIFYING : Phase.DONOR_RELEASED;
    }

    /// One pool's replicas as whole numbers. Starting and pending replicas that nobody counts are
    /// covered by the commanded count; draining ones are presumed for as long as draining usually
    /// takes, since GPUs that may be held are not free.
    private record Holding(int desired, int ready, int starting, int draining) {

        static Holding of(Role role, Move move, ServiceSpec spec, Snapshot snapshot) {
            var pool = snapshot.pool(role);
            int ready = (int) pool.ready().orElse(0);
            int starting = (int) (pool.starting().orElse(0) + pool.pending().orElse(0));
            int desired = (int) pool.desired().orElse(ready + starting);
            int draining =
                    (int)
                            pool.draining()
                                    .orElse(presumed(role, move, spec, pool, snapshot.atSeconds()));
            return new Holding(desired, ready, starting, draining);
        }

        private static int presumed(
                Role role, Move move, ServiceSpec spec, PoolReading pool, double atSeconds) {
            int from = role == Role.PREFILL ? move.fromPrefill() : move.fromDecode();
            int to = role == Role.PREFILL ? move.toPrefill() : move.toDecode();
            double patience = DRAINS_PRESUMED * spec.pool(role).drainSeconds();
            boolean leaving =
                    move.shrunkSeconds() >= 0 && atSeconds - move.shrunkSeconds() < patience;
            return leaving && pool.ready().orElse(0) < from ? Math.max(0, from - to) : 0;
        }

        int active() {
            return ready + starting;
        }

        /// Pods that exist, or are commanded and about to.
        int claimed() {
            return Math.max(active(), desired);
        }

        int held() {
            return claimed() + draining;
        }

        boolean settled(int to) {
            return ready == to && starting == 0 && draining == 0;
        }
    }
}
