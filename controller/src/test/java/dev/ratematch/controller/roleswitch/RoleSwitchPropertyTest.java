package dev.ratematch.controller.roleswitch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.roleswitch.FaultyFleet.Engine;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Whatever goes wrong: no instance is where it does harm, and none is left behind.
class RoleSwitchPropertyTest {

    private static final int RUNS = 1000;
    private static final int FAULTY_LOOKS = 250;
    private static final double LONGEST_BETWEEN_LOOKS_SECONDS = 15;

    /// Lost orders in a row that the deadlines must bear.
    private static final int LOST_IN_A_ROW = 2;

    /// Looks that change nothing, after which nothing will.
    private static final int STILL_LOOKS = 10;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void keepsEveryRuleUnderRandomFaults() {
        Long only = Long.getLong("roleswitch.seed");
        var met = EnumSet.noneOf(Result.class);
        for (long seed = only == null ? 1 : only; seed <= (only == null ? RUNS : only); seed++) {
            try {
                met.addAll(new Run(seed).go().ended().keySet());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "again with: mvn -o -pl controller -am test -Dtest=RoleSwitchPropertyTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Droleswitch.seed="
                                + seed
                                + "\n"
                                + e.getMessage(),
                        e);
            }
        }
        // A way to end that never happens is a rule that was never tried.
        assertThat(only != null || met.equals(EnumSet.allOf(Result.class)))
                .as("met: %s", met)
                .isTrue();
    }

    /// One fleet, its controller, and who watches them.
    private static final class Run {
        final RandomGenerator random;
        final SwitchPolicy policy;
        final FaultyFleet fleet;
        final int total;
        Sizes desired;
        Switchboard board = Switchboard.EMPTY;
        final Map<String, Double> outSince = new HashMap<>();
        final Map<String, Integer> lost = new HashMap<>();
        final Map<String, Double> toldAt = new HashMap<>();

        Run(long seed) {
            random = new SplittableRandom(seed);
            var protocol = List.of(Protocol.values()).get((int) (seed % 3));
            policy =
                    new SwitchPolicy(
                            protocol,
                            random.nextInt(30, 120),
                            random.nextInt(20, 60),
                            random.nextInt(1, 4),
                            random.nextInt(0, 3),
                            random.nextInt(1, 3));
            int prefill = random.nextInt(policy.leastPrefill() + 1, 7);
            int decode = random.nextInt(policy.leastDecode() + 1, 7);
            total = prefill + decode;
            fleet = new FaultyFleet(random, policy, prefill, decode);
            desired = new Sizes(prefill, decode);
        }

        Tallies go() {
            for (int look = 0; look < FAULTY_LOOKS; look++) {
                fleet.advance(random.nextDouble(1, LONGEST_BETWEEN_LOOKS_SECONDS));
                fleet.misfortune();
                if (fleet.chance(0.05)) {
                    desired = anyDesired();
                }
                turn(true);
            }
            settle();
            return board.tallies();
        }

        /// Faults end. Everybody comes to rest in the pool of its role, as many as wanted.
        void settle() {
            desired = anyDesired();
            fleet.calm();
            double until =
                    fleet.now + 2 * Refused.LONGEST_WAIT_SECONDS + 40 * policy.longestOutSeconds();
            int still = 0;
            while (fleet.now < until && still < STILL_LOOKS) {
                fleet.advance(LONGEST_BETWEEN_LOOKS_SECONDS);
                fleet.calm();
                turn(false);
                still = resting() ? still + 1 : 0;
            }
            assertThat(board.open()).isEmpty();
            for (var role : Role.values()) {
                assertThat(fleet.serving(role))
                        .as("%s serving at the end", role.label())
                        .isEqualTo(desired.of(role));
            }
        }

        boolean resting() {
            return board.open().isEmpty()
                    && fleet.serving(Role.PREFILL) == desired.prefill()
                    && fleet.serving(Role.DECODE) == desired.decode();
        }

        Sizes anyDesired() {
            int prefill = random.nextInt(policy.leastPrefill(), total - policy.leastDecode() + 1);
            return new Sizes(prefill, total - prefill);
        }

        void turn(boolean faulty) {
            var seen = fleet.look(faulty);
            var turn = board.step(policy, desired, seen, fleet.now);
            assertThat(board.step(policy, desired, seen, fleet.now)).isEqualTo(turn);
            checkOrders(turn, seen);
            double crash = faulty ? random.nextDouble() : 1;
            if (crash < 0.03) {
                fleet.forgetReplies();
                checkPools(true);
                return; // Before anything was kept.
            }
            board = keptAndRead(turn.next());
            checkBoard(turn);
            int most = crash < 0.08 ? random.nextInt(turn.orders().size() + 1) : Integer.MAX_VALUE;
            int done = 0;
            for (var order : turn.orders()) {
                if (done++ < most && !loses(order, faulty)) {
                    checkHarm(order);
                    fleet.carryOut(order, faulty);
                    lost.remove(order.instance());
                }
            }
            if (most < Integer.MAX_VALUE) {
                fleet.forgetReplies();
            }
            checkPools(done > most);
        }

        boolean loses(Order order, boolean faulty) {
            boolean loses =
                    faulty
                            && fleet.chance(0.05)
                            && lost.getOrDefault(order.instance(), 0) < LOST_IN_A_ROW;
            if (loses) {
                lost.merge(order.instance(), 1, Integer::sum);
            }
            return loses;
        }

        Switchboard keptAndRead(Switchboard next) {
            try {
                var read = JSON.readValue(JSON.writeValueAsString(next), Switchboard.class);
                assertThat(read).isEqualTo(next);
                return read;
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }

        // --- the rules ---------------------------------------------------------------------

        /// What an order may be, by what the look saw.
        void checkOrders(Turn turn, List<Instance> seen) {
            var byName = new HashMap<String, Instance>();
            seen.forEach(instance -> byName.put(instance.name(), instance));
            assertThat(turn.orders()).extracting(Order::instance).doesNotHaveDuplicates();
            for (var order : turn.orders()) {
                var instance = byName.get(order.instance());
                if (instance == null) {
                    throw new AssertionError("ordered to nobody: " + order);
                }
                if (order instanceof Order.Switch(var name, var to, var epoch, _)) {
                    assertThat(policy.protocol()).isNotEqualTo(Protocol.LABEL);
                    assertThat(instance.home()).as("told in a pool").isEqualTo(Home.NEITHER);
                    assertThat(instance.load().idle()).as("told under load").isTrue();
                    assertThat(instance.live().settledIn(to.other()))
                            .as("told without reading its live role: %s", instance)
                            .isTrue();
                    assertThat(epoch).isEqualTo(instance.live().epoch());
                    var at = toldAt.get(name + "/" + board.of(name).orElseThrow().number());
                    if (at != null) {
                        assertThat(fleet.now - at)
                                .as("told twice in a row")
                                .isGreaterThanOrEqualTo(policy.switchTimeoutSeconds());
                    }
                }
                if (order instanceof Order.Route(_, var role) && instance.live().role() != null) {
                    assertThat(instance.live().role())
                            .as("routed to another pool than that of its live role: %s", instance)
                            .isEqualTo(role);
                }
            }
        }

        /// What an order may do, by what really is.
        void checkHarm(Order order) {
            var engine = fleet.engines.get(order.instance());
            if (engine == null) {
                throw new AssertionError("ordered to nobody: " + order);
            }
            switch (order) {
                case Order.Unroute(var name) -> {
                    var open = board.of(name).orElseThrow();
                    var role = engine.home.role();
                    if (role != null && open.revocable() && fleet.serves(engine, role)) {
                        assertThat(fleet.serving(role) - 1)
                                .as("%s left after taking %s", role.label(), name)
                                .isGreaterThanOrEqualTo(policy.least(role));
                    }
                }
                case Order.Switch(var name, _, _, _) -> {
                    assertThat(engine.load).as("load of %s when told", name).isZero();
                    toldAt.put(name + "/" + board.of(name).orElseThrow().number(), fleet.now);
                }
                case Order.Route(var name, var role) -> {
                    if (policy.protocol() != Protocol.LABEL && engine.meddledAt < fleet.now - 60) {
                        assertThat(engine.live)
                                .as("role of %s when routed; %s", name, board.of(name))
                                .isEqualTo(role);
                    }
                }
                case Order.Ask _, Order.Delete _ -> {}
            }
        }

        void checkBoard(Turn turn) {
            var next = turn.next();
            assertThat(next.open()).extracting(Transaction::instance).doesNotHaveDuplicates();
            long told = next.open().stream().filter(t -> inFlight(t)).count();
            assertThat(told).as("in flight").isLessThanOrEqualTo(policy.atOnce());
            if (turn.events().stream().anyMatch(Event.Begun.class::isInstance)) {
                assertThat(next.open().stream().filter(Transaction::away).count())
                        .as("away when one begins")
                        .isLessThanOrEqualTo(policy.atOnce());
            }
            for (var open : next.open()) {
                assertThat(fleet.now < open.deadlineSeconds() || open.overdue())
                        .as("%s is past its deadline and goes on", open)
                        .isTrue();
                assertThat(!open.overdue() || ordered(turn, open))
                        .as("%s is past its deadline and nothing is done", open)
                        .isTrue();
            }
            long ended = next.tallies().ended().values().stream().mapToLong(n -> n).sum();
            assertThat(ended + next.open().size()).as("none is lost").isEqualTo(next.begun());
        }

        boolean inFlight(Transaction open) {
            return switch (open.phase()) {
                case ASKING, DRAINING, SWITCHING, VERIFYING -> true;
                case RESTORING, CONDEMNED -> false;
            };
        }

        boolean ordered(Turn turn, Transaction open) {
            return turn.orders().stream().anyMatch(o -> o.instance().equals(open.instance()));
        }

        /// Where everybody is when the orders were carried out.
        void checkPools(boolean cutShort) {
            for (var engine : fleet.engines.values()) {
                if (engine.switchingTo != null && !cutShort && !lost.containsKey(engine.name)) {
                    assertThat(engine.home)
                            .as("pool of %s while it switches", engine.name)
                            .isEqualTo(Home.NEITHER);
                }
                out(engine);
            }
            outSince.keySet().retainAll(fleet.engines.keySet());
        }

        /// A ready instance is not out of both pools for longer than its deadlines, and the looks
        /// and lost orders in between, make.
        void out(Engine engine) {
            if (engine.home != Home.NEITHER || !fleet.ready(engine)) {
                outSince.remove(engine.name);
                return;
            }
            double since =
                    Math.max(
                            outSince.getOrDefault(engine.name, fleet.now),
                            Math.min(fleet.now, engine.meddledAt));
            outSince.put(engine.name, since);
            double patience = policy.drainTimeoutSeconds() + policy.switchTimeoutSeconds();
            double slack = 6 * (1 + LOST_IN_A_ROW) * LONGEST_BETWEEN_LOOKS_SECONDS;
            assertThat(fleet.now - since)
                    .as("%s out of both pools; %s", engine.name, board.of(engine.name))
                    .isLessThanOrEqualTo(
                            Math.max(patience, policy.longestOutSeconds())
                                    + policy.switchTimeoutSeconds()
                                    + slack);
        }
    }
}
