package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.fleet.KubernetesFleet.Pool;
import dev.ratematch.k8s.fleet.Replica.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Which replicas leave. A Deployment lets us choose: what does not serve yet, then what has least
/// to do. Whatever is numbered loses its highest number, whoever chooses. Pure but for the question
/// what pods have to do.
final class Victims {

    private Victims() {}

    /// At most `count` replicas that a removal would take, the first to go first.
    static List<Replica> choose(Pool pool, int count, Function<Pool, Map<String, PodLoad>> loads) {
        var staying = staying(pool);
        if (!pool.target().choosesVictims()) {
            return staying.stream().sorted(byNumber().reversed()).limit(count).toList();
        }
        boolean choice = staying.stream().anyMatch(r -> r.state() == State.READY);
        Map<String, PodLoad> load = choice ? loads.apply(pool) : Map.of();
        return staying.stream()
                .sorted(
                        Comparator.comparing((Replica r) -> r.state())
                                .thenComparingDouble(r -> requests(load, r))
                                .thenComparing(Replica::name))
                .limit(count)
                .toList();
    }

    /// Those of a pool that may leave: not leaving yet, and not on their way elsewhere.
    static List<Replica> staying(Pool pool) {
        return pool.replicas().stream()
                .filter(r -> r.state() != State.TERMINATING)
                .filter(r -> r.state() != State.DRAINING)
                .filter(r -> r.state() != State.SWITCHING)
                .filter(r -> r.state() != State.FAILED)
                .toList();
    }

    /// A pod that does not answer is the last to be chosen: it may be busy.
    private static double requests(Map<String, PodLoad> load, Replica replica) {
        var seen = load.get(replica.name());
        return seen == null ? Double.MAX_VALUE : seen.requests();
    }

    /// Of the empty replicas, those that go if the count falls by as many: of numbered ones only a
    /// run from the top; of a Deployment none while an unready pod would go in their place.
    ///
    /// @param all replicas of the pool's target
    static List<Replica> removable(Pool pool, List<Replica> all, List<Replica> empty) {
        if (pool.target().choosesVictims()) {
            boolean inTheWay =
                    (pool.routing() instanceof Routing.Label
                                    || pool.routing() instanceof Routing.RoleLabel)
                            && all.stream()
                                    .anyMatch(
                                            r ->
                                                    r.state() == State.PENDING
                                                            || r.state() == State.STARTING);
            return inTheWay ? List.of() : empty;
        }
        var names = new HashSet<String>();
        empty.forEach(r -> names.add(r.name()));
        var run = new ArrayList<Replica>();
        for (var replica :
                all.stream()
                        .filter(r -> r.state() != State.TERMINATING)
                        .sorted(byNumber().reversed())
                        .toList()) {
            if (!names.contains(replica.name())) {
                break;
            }
            run.add(replica);
        }
        return run;
    }

    /// By the number that decides who of numbered replicas leaves; the lowest first.
    static Comparator<Replica> byNumber() {
        return Comparator.comparingInt(Victims::number).thenComparing(Replica::name);
    }

    /// The number at the end of a numbered pod's name.
    private static int number(Replica replica) {
        String digits = replica.name().replaceFirst(".*-(?=\\d+$)", "");
        return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : -1;
    }
}
