package dev.ratematch.harness.foreign;

import dev.ratematch.harness.foreign.Replica.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The replicas of one role, and which of them the next request is bound to.
final class Pool<R extends Replica> {

    private final Supplier<R> maker;
    private final boolean leastLoaded;
    private final List<R> replicas = new ArrayList<>();
    private int turn;

    Pool(Supplier<R> maker, boolean leastLoaded) {
        this.maker = maker;
        this.leastLoaded = leastLoaded;
    }

    List<R> replicas() {
        return replicas;
    }

    /// When something happens to one of them next.
    double happening() {
        double next = Replica.NEVER;
        for (int n = 0; n < replicas.size(); n++) {
            var replica = replicas.get(n);
            next = Math.min(next, Math.min(replica.next(), replica.dueAt));
        }
        return next;
    }

    /// Brings those up to the present to which something happens now.
    void wake(double now) {
        for (int n = 0; n < replicas.size(); n++) {
            var replica = replicas.get(n);
            if (replica.next() <= now) {
                replica.wake(now);
            }
        }
    }

    /// Replicas that serve from the beginning.
    void open(int count) {
        for (int n = 0; n < count; n++) {
            var replica = maker.get();
            replica.stage = Stage.READY;
            replicas.add(replica);
        }
    }

    int count(Stage stage) {
        return (int) replicas.stream().filter(r -> r.stage == stage).count();
    }

    int gpus() {
        return Site.GPUS_PER_REPLICA * (int) replicas.stream().filter(Replica::holdsGpus).count();
    }

    /// Whether all of them serve and none leaves.
    boolean still() {
        return replicas.stream().allMatch(r -> r.stage == Stage.READY);
    }

    int desired() {
        return count(Stage.PENDING) + count(Stage.STARTING) + count(Stage.READY);
    }

    /// Commands a count: what is not there yet goes first, then the newest.
    void scale(int count) {
        for (int n = desired(); n < count; n++) {
            replicas.add(maker.get());
        }
        for (var stage : List.of(Stage.PENDING, Stage.STARTING, Stage.READY)) {
            for (int n = replicas.size() - 1; n >= 0 && desired() > count; n--) {
                var replica = replicas.get(n);
                if (replica.stage == stage) {
                    replica.stage = stage == Stage.READY ? Stage.DRAINING : Stage.GONE;
                    replica.dueAt = Replica.NEVER;
                }
            }
        }
    }

    /// The replica that a request is bound to, null while none serves.
    @Nullable R next() {
        turn++;
        R chosen = null;
        for (int n = 0; n < replicas.size(); n++) {
            var replica = replicas.get((turn + n) % replicas.size());
            if (replica.stage == Stage.READY
                    && (chosen == null || replica.bound() < chosen.bound())) {
                chosen = replica;
                if (!leastLoaded) {
                    turn += n;
                    break;
                }
            }
        }
        return chosen;
    }

    int bound() {
        return replicas.stream().mapToInt(Replica::bound).sum();
    }

    int queued() {
        return replicas.stream().mapToInt(Replica::queued).sum();
    }

    double used() {
        return replicas.stream()
                .filter(Replica::serves)
                .mapToDouble(Replica::used)
                .average()
                .orElse(0);
    }
}
