package dev.ratematch.controller.move;

import dev.ratematch.controller.move.Move.Phase;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;

/// The counts to command now so that a move proceeds and the GPU budget holds in every state,
/// counting ready, starting, pending and draining replicas.
///
/// A pool that grows takes only GPUs that are free already; a pool that shrinks waits while free
/// GPUs alone can carry the growth (receiver first) until that growth is ready, and goes first
/// otherwise (donor first). What changes its role takes its GPUs along and is commanded at once:
/// the host sees to it that not too many are out of both pools at a time.
///
/// @param sizes replicas to command now
/// @param move the move as it stands after this
/// @param drains whether it waits for replicas that drain: they cannot be called back, and their
///   GPUs serve nobody else meanwhile, so that being late is no reason to turn round or give up
public record Stage(Sizes sizes, Move move, boolean drains) {

    /// Drain times after which a donor whose draining replicas nobody counts is taken as empty.
    private static final double DRAINS_PRESUMED = 2;

    /// Advances an open move by one look at the fleet.
    public static Stage advance(Move open, ServiceSpec spec, Snapshot snapshot) {
        double allowed = snapshot.atSeconds() + spec.moveAllowanceSeconds();
        var move = open.placing(placed(open, snapshot), allowed);
        var p = holding(Role.PREFILL, move, spec, snapshot);
        var d = holding(Role.DECODE, move, spec, snapshot);
        var traded =
                Switches.traded(new Sizes(p.desired(), d.desired()), move.to())
                        .atMost(move.switches());
        p = p.commanding(p.desired() + traded.toPrefill() - traded.toDecode());
        d = d.commanding(d.desired() + traded.toDecode() - traded.toPrefill());
        int free = spec.budgetGpus() - Holding.gpus(p, d, spec);
        int growthGpus =
                growthGpus(p, move.to().prefill(), spec.prefill())
                        + growthGpus(d, move.to().decode(), spec.decode());
        boolean receiverFirst = growthGpus <= free;
        boolean mayShrink = !receiverFirst || !growing(p, d, move);
        int prefill = next(p, move.to().prefill(), spec.prefill(), free, mayShrink);
        int taken = Math.max(0, prefill - p.claimed()) * spec.prefill().gpusPerReplica();
        int decode = next(d, move.to().decode(), spec.decode(), free - taken, mayShrink);
        boolean shrinks = prefill < p.desired() || decode < d.desired();
        var before = move.shrunkSeconds();
        var shrunk = shrinks && before == null ? Double.valueOf(snapshot.atSeconds()) : before;
        var phase = phase(move, p, d, switching(snapshot, p, d, spec));
        boolean drains =
                phase == Phase.DONOR_DRAINING
                        || (phase == Phase.COMPENSATING && p.draining() + d.draining() > 0);
        return new Stage(new Sizes(prefill, decode), move.in(phase, shrunk), drains);
    }

    /// Replicas of the move's end that are there, or load on GPUs that they have. Of a role that
    /// gives some those that stay have been there all the time.
    private static int placed(Move move, Snapshot snapshot) {
        int placed = 0;
        for (var role : Role.values()) {
            var pool = snapshot.pool(role);
            int there = (int) (pool.ready().orElse(0) + pool.starting().orElse(0));
            placed += Math.min(there, move.to().of(role));
        }
        return placed;
    }

    /// Whether replicas are on their way from one role to the other, or are to go.
    private static boolean switching(Snapshot snapshot, Holding p, Holding d, ServiceSpec spec) {
        boolean under = snapshot.prefill().switching() + snapshot.decode().switching() > 0;
        boolean ahead =
                (p.ready() > p.desired() && d.present() < d.desired())
                        || (d.ready() > d.desired() && p.present() < p.desired());
        return spec.switching().possible() && (under || ahead);
    }

    private static boolean growing(Holding p, Holding d, Move move) {
        boolean prefillGrows = move.to().prefill() > move.from().prefill();
        boolean decodeGrows = move.to().decode() > move.from().decode();
        return (prefillGrows && p.ready() < move.to().prefill())
                || (decodeGrows && d.ready() < move.to().decode());
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

    private static Phase phase(Move move, Holding p, Holding d, boolean switching) {
        boolean counts = p.desired() == move.to().prefill() && d.desired() == move.to().decode();
        boolean settled = p.settled(move.to().prefill()) && d.settled(move.to().decode());
        if (counts && settled) {
            return move.phase() == Phase.COMPENSATING ? Phase.ROLLED_BACK : Phase.DONE;
        }
        if (move.phase() == Phase.COMPENSATING) {
            return Phase.COMPENSATING;
        }
        if (switching) {
            return Phase.SWITCHING;
        }
        if (p.starting() + d.starting() > 0) {
            return Phase.RECEIVER_STARTING;
        }
        if (p.draining() + d.draining() > 0) {
            return Phase.DONOR_DRAINING;
        }
        return counts ? Phase.VERIFYING : Phase.DONOR_RELEASED;
    }

    /// Draining replicas that nobody counts are presumed for as long as draining usually takes,
    /// since GPUs that may be held are not free.
    private static Holding holding(Role role, Move move, ServiceSpec spec, Snapshot snapshot) {
        var pool = snapshot.pool(role);
        int from = move.from().of(role);
        var shrunk = move.shrunkSeconds();
        double patience = DRAINS_PRESUMED * spec.pool(role).drainSeconds();
        boolean leaving = shrunk != null && snapshot.atSeconds() - shrunk < patience;
        boolean presumed = leaving && pool.ready().orElse(0) < from;
        return Holding.presuming(pool, presumed ? Math.max(0, from - move.to().of(role)) : 0);
    }
}
