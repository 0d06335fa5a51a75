package dev.ratematch.controller.move;

import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The counts of one service that were published and may yet be applied.
///
/// An HPA acts on what was published a while ago: it looks now and then, at metrics that were
/// scraped now and then. A count that has been taken back can still be set, and GPUs that look free
/// can still be claimed by it. So what has been published counts as commanded until the target
/// shows otherwise or the follower's lag is over, and staged counts are published through here: a
/// growth waits while the budget could not bear both pools obeying, one after the other, everything
/// they have been told.
public record Outstanding(Told prefill, Told decode) {

    /// Most time from a publication to the last write that acts on the one before it: a scrape, an
    /// adapter's cache, an HPA's sync, and as much again.
    public static final double LAG_SECONDS = 120;

    /// A count in force for so long and not applied is not followed: longer than the lag and an
    /// HPA's usual window before it scales down together.
    public static final double IGNORED_SECONDS = 600;

    /// Nothing published yet.
    public static final Outstanding NONE = new Outstanding(Told.NOTHING, Told.NOTHING);

    /// What may be published now.
    ///
    /// @param next to remember for the next time
    public record Admitted(Sizes sizes, Outstanding next) {}

    /// A count as it was first published.
    public record Entry(double atSeconds, int count) {}

    /// Admits staged counts: a removal always, a growth as far as the budget surely bears it.
    public Admitted admit(ServiceSpec spec, Snapshot snapshot, Sizes staged) {
        double at = snapshot.atSeconds();
        var p = Pool.of(snapshot.prefill(), spec.prefill(), this.prefill, at);
        var d = Pool.of(snapshot.decode(), spec.decode(), this.decode, at);
        int prefillNow = p.admit(staged.prefill(), spec.budgetGpus() - d.worstGpus());
        p = p.told(prefillNow, at);
        int decodeNow = d.admit(staged.decode(), spec.budgetGpus() - p.worstGpus());
        d = d.told(decodeNow, at);
        return new Admitted(new Sizes(prefillNow, decodeNow), new Outstanding(p.told(), d.told()));
    }

    /// What one pool has been told and may yet obey. A follower goes forward only: once its target
    /// is seen to go to a published count, earlier ones are dead.
    ///
    /// @param seen the count at which the target stood last; null before the first look
    /// @param catchingUp whether the target has gone to an earlier count since the last one was
    ///   told
    /// @param entries oldest first; the last one is in force
    public record Told(@Nullable Integer seen, boolean catchingUp, List<Entry> entries) {

        static final Told NOTHING = new Told(null, false, List.of());

        public Told {
            entries = List.copyOf(entries);
        }

        Told look(int desired, double now) {
            if (entries.isEmpty()) {
                return new Told(desired, false, entries);
            }
            var inForce = entries.getLast();
            if (inForce.count() != desired && now - inForce.atSeconds() >= IGNORED_SECONDS) {
                return new Told(desired, false, List.of());
            }
            int first = 0;
            while (first < entries.size() - 1
                    && now - entries.get(first + 1).atSeconds() >= LAG_SECONDS) {
                first++;
            }
            boolean went = seen != null && seen != desired;
            var reached = went ? indexOf(desired, first) : OptionalInt.empty();
            var ahead = entries.subList(reached.orElse(first), entries.size());
            boolean behind = ahead.size() > 1 && (catchingUp || reached.isPresent());
            return new Told(desired, behind, ahead);
        }

        private OptionalInt indexOf(int count, int first) {
            return IntStream.range(first, entries.size())
                    .filter(i -> entries.get(i).count() == count)
                    .findFirst();
        }

        /// To keep a target that is catching up is to keep what it was told last. To repeat where
        /// it stands would be an echo, which it would follow in its turn, for ever.
        int meaning(int count) {
            return catchingUp && count == standing() ? last() : count;
        }

        private int standing() {
            return Objects.requireNonNull(seen, "look before you tell");
        }

        /// The count in force, or where the target stands when there is none.
        int last() {
            return entries.isEmpty() ? standing() : entries.getLast().count();
        }

        /// Replicas that come up when everything is obeyed in turn.
        int ups() {
            int ups = 0;
            int at = standing();
            for (var entry : entries) {
                ups += Math.max(0, entry.count() - at);
                at = entry.count();
            }
            return ups;
        }

        Told tell(int count, double now) {
            if (!entries.isEmpty() && entries.getLast().count() == count) {
                return this;
            }
            var more = new ArrayList<>(entries);
            more.add(new Entry(now, count));
            return new Told(seen, false, more);
        }
    }

    /// One pool's replicas that hold GPUs, or are commanded and about to, and what it was told.
    private record Pool(int held, Told told, int gpusEach) {

        static Pool of(PoolReading pool, PoolSpec spec, Told told, double now) {
            var holding = Holding.seen(pool);
            var looked = told.look(holding.desired(), now);
            return new Pool(holding.held(), looked, spec.gpusPerReplica());
        }

        /// What goes stays for as long as it drains, so only growth counts.
        int worstGpus() {
            return gpusEach * (held + told.ups());
        }

        int admit(int count, int gpusLeft) {
            int room = Math.max(0, gpusLeft - worstGpus()) / gpusEach;
            return Math.min(told.meaning(count), told.last() + room);
        }

        Pool told(int count, double now) {
            return new Pool(held, told.tell(count, now), gpusEach);
        }
    }
}
