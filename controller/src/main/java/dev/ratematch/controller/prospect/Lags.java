package dev.ratematch.controller.prospect;

import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.units.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How long the replicas of this fleet take to load and to drain, from how many do so at each look.
///
/// @param atSeconds of the newest look; null before the first
public record Lags(Pool prefill, Pool decode, @Nullable Double atSeconds) {

    /// One role.
    ///
    /// @param switching to this role, from told to leave the other one to serving here
    /// @param ready replicas that served at the newest look; -1 where that is not known
    public record Pool(Span loading, Span draining, Span switching, int ready) {

        static final Pool NONE = new Pool(Span.NONE, Span.NONE, Span.NONE, -1);

        public Pool {
            // A state that an earlier version kept has none.
            switching = Objects.requireNonNullElse(switching, Span.NONE);
        }

        Pool saw(PoolReading now, double since) {
            if (!now.ready().known() || !now.starting().known() || !now.draining().known()) {
                return new Pool(loading.unseen(), draining.unseen(), switching.unseen(), -1);
            }
            int serve = (int) now.ready().orElse(0);
            int turn = now.switching();
            int load = (int) now.starting().orElse(0) - turn;
            int drain = (int) now.draining().orElse(0);
            if (ready < 0 || since > UNSEEN_MOST_SECONDS) {
                return new Pool(
                        loading.unseen().saw(load, 0, 0),
                        draining.unseen().saw(drain, 0, 0),
                        switching.unseen().saw(turn, 0, 0),
                        serve);
            }
            int came = Math.max(0, serve - ready);
            // Those that were on their way first: they are told apart by no more than that.
            int turned = Math.min(came, Math.max(0, switching.running() - turn));
            int gone = draining.running() + Math.max(0, ready - serve) - drain;
            return new Pool(
                    loading.saw(load, came - turned, since),
                    draining.saw(drain, Math.max(0, gone), since),
                    switching.saw(turn, turned, since),
                    serve);
        }
    }

    /// One thing that takes its time.
    ///
    /// @param seconds that the ones counted in `ended` took, together
    /// @param ended how often it was seen to its end
    /// @param running how many are at it
    /// @param open seconds since they began, together
    public record Span(double seconds, double ended, int running, double open) {

        static final Span NONE = new Span(0, 0, 0, 0);

        public Span {
            Check.finiteAtLeast("seconds", seconds, 0);
            Check.finiteAtLeast("ended", ended, 0);
            Check.atLeast("running", running, 0);
            Check.finiteAtLeast("open", open, 0);
        }

        private Span unseen() {
            return new Span(seconds, ended, 0, 0);
        }

        /// Nobody tells which replica is which: one that ends is as old as they are on average, and
        /// whatever came or ended did so in the middle between two looks.
        private Span saw(int now, int came, double since) {
            int done = Math.min(came, running);
            int stay = Math.min(running - done, now);
            double age = running == 0 ? 0 : open / running + since;
            double all = ended + done;
            double kept = all > MEMORY_REPLICAS ? MEMORY_REPLICAS / all : 1;
            return new Span(
                    kept * (seconds + done * Math.max(0, age - since / 2)),
                    kept * all,
                    now,
                    stay * age + (now - stay) * since / 2);
        }

        /// @param stated what the service says
        private double expected(double stated) {
            double mean = (PRIOR_REPLICAS * stated + seconds) / (PRIOR_REPLICAS + ended);
            double soFar = running == 0 ? 0 : open / running;
            return Math.min(MOST * stated, Math.max(mean, soFar));
        }
    }

    /// Nothing seen yet.
    public static final Lags NONE = new Lags(Pool.NONE, Pool.NONE, null);

    /// What the service states counts as so many replicas that were seen.
    private static final double PRIOR_REPLICAS = 2;

    /// Of more than so many the older ones fade.
    private static final double MEMORY_REPLICAS = 20;

    /// Times of what is stated: what takes longer is stuck, and no sign of how long the next takes.
    private static final double MOST = 4;

    private static final double UNSEEN_MOST_SECONDS = 120;

    /// One look more.
    Lags saw(Snapshot snapshot) {
        double at = snapshot.atSeconds();
        double since = atSeconds == null ? 0 : Math.max(0, at - atSeconds);
        return new Lags(
                prefill.saw(snapshot.prefill(), since), decode.saw(snapshot.decode(), since), at);
    }

    private Pool pool(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// From placed to ready, seconds; of the role that takes longer.
    double leadSeconds(ServiceSpec spec) {
        double most = 0;
        for (var role : Role.values()) {
            most = Math.max(most, pool(role).loading().expected(spec.pool(role).leadTimeSeconds()));
        }
        return most;
    }

    /// Of replicas that one role gives and the other takes, those that are to change their role.
    public int switched(ServiceSpec spec, Role taking, int traded) {
        return traded == 0
                ? 0
                : spec.switching()
                        .of(
                                traded,
                                switchSeconds(spec, taking),
                                leadSeconds(spec) + drainSeconds(spec));
    }

    /// From told to leave one role to serving in the other, seconds.
    double switchSeconds(ServiceSpec spec, Role taking) {
        var giving = taking.other();
        double drain = pool(giving).draining().expected(spec.pool(giving).drainSeconds());
        return pool(taking).switching().expected(spec.switching().seconds() + drain);
    }

    /// From told to leave to gone, seconds; of the role that takes longer.
    double drainSeconds(ServiceSpec spec) {
        double most = 0;
        for (var role : Role.values()) {
            most = Math.max(most, pool(role).draining().expected(spec.pool(role).drainSeconds()));
        }
        return most;
    }
}
