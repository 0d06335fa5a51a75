package dev.ratematch.harness.foreign;

import dev.ratematch.harness.foreign.Replica.Stage;
import dev.ratematch.harness.foreign.Seen.PoolSeen;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One run of a policy on the foreign plant: queues by replica, nothing shed, nothing taken from
/// the replica that it is bound to.
final class Plant {

    static final double WINDOW = 15;
    private static final double AFTER = 600;
    private static final double SAME_MOVE = 150;

    private final Site site;
    private final Traffic traffic;
    private final Dice dice;
    private final Pool<PrefillReplica> prefill;
    private final Pool<DecodeReplica> decode;
    private final Deque<Ask> unbound = new ArrayDeque<>();
    private final Deque<Ask> prefilled = new ArrayDeque<>();
    private final Tally tally = new Tally();
    private double now;
    private int ended;
    private int good;
    private int bad;
    private double gpuSeconds;
    private int held;
    private boolean still;
    private double lastChange = Double.NEGATIVE_INFINITY;
    private int moves;

    private Plant(Site site, Traffic traffic, long seed) {
        this.site = site;
        this.traffic = traffic;
        this.dice = new Dice(~seed);
        boolean least = site.habits().leastLoaded();
        this.prefill = new Pool<>(() -> new PrefillReplica(site.engine(), this::done), least);
        this.decode =
                new Pool<>(() -> new DecodeReplica(site.engine(), this::taken, this::ended), least);
    }

    /// Runs a policy from counts that serve already.
    static Score run(Site site, Traffic traffic, long seed, Counts start, Policy policy) {
        var score = run(site, traffic, seed, start, policy, Integer.MAX_VALUE);
        if (score == null) {
            throw new IllegalStateException("A run without a limit was given up.");
        }
        return score;
    }

    /// Runs a policy, and gives it up once more requests are late than allowed: null then.
    static @Nullable Score run(
            Site site, Traffic traffic, long seed, Counts start, Policy policy, int lateMost) {
        return new Plant(site, traffic, seed).run(start, policy, lateMost);
    }

    private @Nullable Score run(Counts start, Policy policy, int lateMost) {
        prefill.open(start.prefill());
        decode.open(start.decode());
        live();
        var arrivals = traffic.arrivals();
        int arrived = 0;
        double window = WINDOW;
        while (ended < arrivals.size() && now < traffic.seconds() + AFTER) {
            double arrival = arrived < arrivals.size() ? arrivals.get(arrived).at() : Replica.NEVER;
            pass(Math.min(Math.min(arrival, window), happening()));
            if (arrival <= now) {
                var ask = new Ask(arrivals.get(arrived));
                arrived++;
                tally.arrived();
                unbound.add(ask);
                bind();
            } else if (window <= now) {
                command(policy.window(seen()));
                window += WINDOW;
                if (bad > lateMost) {
                    return null;
                }
            }
            if (!still) {
                live();
            }
        }
        return new Score(arrivals.size(), good, gpuSeconds / 3600, moves);
    }

    private double happening() {
        return Math.min(prefill.happening(), decode.happening());
    }

    private void pass(double until) {
        double billed = Math.min(until, traffic.seconds()) - now;
        if (billed > 0) {
            gpuSeconds += billed * held;
        }
        now = until;
        prefill.wake(now);
        decode.wake(now);
    }

    private void command(Counts counts) {
        if (counts.prefill() != prefill.desired() || counts.decode() != decode.desired()) {
            if (now - lastChange > SAME_MOVE) {
                moves++;
            }
            lastChange = now;
            prefill.scale(counts.prefill());
            decode.scale(counts.decode());
            still = false;
        }
    }

    /// Replicas whose time has come: started ones serve, empty ones leave, waiting ones take GPUs.
    private void live() {
        boolean served = false;
        for (var pool : List.of(prefill, decode)) {
            for (var replica : pool.replicas()) {
                if (replica.stage == Stage.STARTING && replica.dueAt <= now) {
                    replica.stage = Stage.READY;
                    replica.dueAt = Replica.NEVER;
                    served = true;
                } else if (replica.stage == Stage.DRAINING && replica.empty()) {
                    if (replica.dueAt == Replica.NEVER) {
                        replica.dueAt = now + site.lingerSeconds();
                    }
                    if (replica.dueAt <= now) {
                        replica.stage = Stage.GONE;
                        replica.dueAt = Replica.NEVER;
                    }
                }
            }
            pool.replicas().removeIf(replica -> replica.stage == Stage.GONE);
        }
        place(prefill);
        place(decode);
        held = prefill.gpus() + decode.gpus();
        still = prefill.still() && decode.still();
        if (served) {
            bind();
        }
    }

    private void place(Pool<? extends Replica> pool) {
        for (var replica : pool.replicas()) {
            int taken = prefill.gpus() + decode.gpus();
            if (replica.stage == Stage.PENDING && taken + Site.GPUS_PER_REPLICA <= site.gpus()) {
                replica.stage = Stage.STARTING;
                replica.dueAt = now + dice.between(site.leadFrom(), site.leadTo());
            }
        }
    }

    private void bind() {
        while (!unbound.isEmpty()) {
            var replica = prefill.next();
            if (replica == null) {
                break;
            }
            replica.add(unbound.remove(), now);
        }
        while (!prefilled.isEmpty()) {
            var replica = decode.next();
            if (replica == null) {
                break;
            }
            replica.add(prefilled.remove(), now);
        }
    }

    private void done(Ask ask) {
        if (site.habits().toldByPrefill()) {
            tell(ask, now);
        }
        ask.movedAt = now + ask.input / site.engine().transferTokensPerSecond();
        prefilled.add(ask);
        bind();
    }

    private void taken(Ask ask, double firstToken) {
        tell(ask, firstToken);
        var holder = ask.holder;
        if (holder != null) {
            holder.release(ask, now);
        }
    }

    private void tell(Ask ask, double at) {
        if (!ask.told) {
            ask.tell(at);
            tally.told(at - ask.at);
            bad += at - ask.at > Promise.TTFT ? 1 : 0;
        }
    }

    private void ended(Ask ask, double at) {
        double itl = ask.output > 1 ? (at - ask.firstAt) / (ask.output - 1) : 0;
        boolean prompt = ask.firstAt - ask.at <= Promise.TTFT;
        good += prompt && itl <= Promise.ITL ? 1 : 0;
        bad += prompt && itl > Promise.ITL ? 1 : 0;
        ended++;
        tally.ended(ask, itl);
    }

    private Seen seen() {
        return new Seen(
                now,
                WINDOW,
                pool(prefill, unbound.size()),
                pool(decode, prefilled.size()),
                tally.close());
    }

    private static PoolSeen pool(Pool<? extends Replica> pool, int outside) {
        int queued = pool.queued();
        return new PoolSeen(
                pool.desired(),
                pool.count(Stage.READY),
                pool.count(Stage.STARTING),
                pool.count(Stage.PENDING),
                pool.count(Stage.DRAINING),
                queued + outside,
                pool.bound() - queued,
                pool.used());
    }
}
