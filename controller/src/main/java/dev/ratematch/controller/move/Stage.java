package dev.ratematch.controller.move;

import dev.ratematch.controller.move.Move.Phase;
import dev.ratematch.controller.observe.PoolReading;
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
public record Stage(int prefill, int decode, Move move) {

    /// Advances an open move by one look at the fleet.
    public static Stage advance(Move move, ServiceSpec spec, Snapshot snapshot) {
        var p = Holding.of(snapshot.prefill());
        var d = Holding.of(snapshot.decode());
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
        int taken = Math.max(0, prefill - p.held()) * spec.prefill().gpusPerReplica();
        int decode = next(d, move.toDecode(), spec.decode(), free - taken, mayShrink);
        return new Stage(prefill, decode, move.in(phase(move, p, d)));
    }

    private static boolean growing(Holding p, Holding d, Move move) {
        boolean prefillGrows = move.toPrefill() > move.fromPrefill();
        boolean decodeGrows = move.toDecode() > move.fromDecode();
        return (prefillGrows && p.ready() < move.toPrefill())
                || (decodeGrows && d.ready() < move.toDecode());
    }

    private static int growthGpus(Holding pool, int to, PoolSpec spec) {
        return Math.max(0, to - pool.active()) * spec.gpusPerReplica();
    }

    private static int next(Holding pool, int to, PoolSpec spec, int free, boolean mayShrink) {
        if (to < pool.desired()) {
            return mayShrink ? to : pool.desired();
        }
        int room = Math.max(0, free) / spec.gpusPerReplica();
        int affordable = Math.max(pool.desired(), pool.active() + room);
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

    /// One pool's replicas as whole numbers; unknown parts count as none, since the caller refuses
    /// to move on an unknown fleet.
    private record Holding(int desired, int ready, int starting, int draining) {

        static Holding of(PoolReading pool) {
            int ready = (int) pool.ready().orElse(0);
            int starting = (int) (pool.starting().orElse(0) + pool.pending().orElse(0));
            int draining = (int) pool.draining().orElse(0);
            int desired = (int) pool.desired().orElse(ready + starting);
            return new Holding(desired, ready, starting, draining);
        }

        int active() {
            return ready + starting;
        }

        /// What may hold GPUs soonest: pods that exist, or are commanded and about to.
        int held() {
            return Math.max(active(), desired) + draining;
        }

        boolean settled(int to) {
            return ready == to && starting == 0 && draining == 0;
        }
    }
}
