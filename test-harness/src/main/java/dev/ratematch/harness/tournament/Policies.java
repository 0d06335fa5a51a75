package dev.ratematch.harness.tournament;

import dev.ratematch.harness.judge.Peers;
import dev.ratematch.harness.plant.RoleSwitch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Who is judged, and by what.
public final class Policies {

    /// The best split that never moves, at full budget.
    public static final String STATIC_BEST = "static-best";

    /// The split of fewest GPUs within 0.1 points of it.
    public static final String RIGHT_SIZED = "static-right-sized";

    /// The best timetable found.
    public static final String ORACLE = "oracle";

    /// No waiting at all.
    public static final String BOUND = "bound";

    /// The product.
    public static final String OURS = "ratematch";

    /// Its loop with the true capacities and the true traffic.
    public static final String PERFECT_MODEL = "perfect-model";

    /// The product where a gateway drops requests that have no first token at their deadline.
    public static final String DEADLINE = "ratematch+deadline";

    /// The product where clients give up after [#PATIENCE] times the promised TTFT.
    public static final String IMPATIENT = "ratematch+giving-up";

    /// The product where replicas change their role within ten seconds, or are scaled where that is
    /// sooner.
    public static final String SWITCHING = "ratematch+switch";

    /// The same where a switch takes another time, or one of ten is refused.
    static final Map<String, RoleSwitch> SWITCHES = switches();

    /// What clients wait, in promised TTFTs.
    public static final double PATIENCE = 5;

    /// Replicas that may be out of both pools at a time: a quarter of those of 32 GPUs.
    private static final int SWITCHED_AT_ONCE = 4;

    private Policies() {}

    private static Map<String, RoleSwitch> switches() {
        int atOnce = SWITCHED_AT_ONCE;
        var all = new LinkedHashMap<String, RoleSwitch>();
        all.put(SWITCHING, RoleSwitch.taking(10, atOnce));
        all.put(SWITCHING + "-2s", RoleSwitch.taking(2, atOnce));
        all.put(SWITCHING + "-30s", RoleSwitch.taking(30, atOnce));
        all.put(SWITCHING + "-refused", RoleSwitch.taking(10, atOnce).refusing(0.08, 0.02));
        return Collections.unmodifiableMap(all);
    }

    /// Every name, in the order of reports.
    public static List<String> all() {
        return Stream.of(
                        Stream.of(BOUND, ORACLE, STATIC_BEST, RIGHT_SIZED, PERFECT_MODEL, OURS),
                        Peers.NAMES.stream(),
                        Stream.of(DEADLINE, IMPATIENT),
                        SWITCHES.keySet().stream())
                .flatMap(names -> names)
                .toList();
    }

    /// Those that depend on the control law.
    static boolean ours(String policy) {
        return List.of(OURS, PERFECT_MODEL, DEADLINE, IMPATIENT).contains(policy)
                || SWITCHES.containsKey(policy);
    }

    /// Whether it served the same requests under the same terms as the oracle, and moves as it may.
    static boolean comparable(String policy) {
        return policy.equals(OURS) || policy.equals(PERFECT_MODEL) || Peers.NAMES.contains(policy);
    }
}
