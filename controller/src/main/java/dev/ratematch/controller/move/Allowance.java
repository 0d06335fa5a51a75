package dev.ratematch.controller.move;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.Behavior;
import dev.ratematch.controller.spec.Behavior.Direction;
import dev.ratematch.controller.spec.Behavior.Policy;
import dev.ratematch.controller.spec.Behavior.Select;
import dev.ratematch.controller.spec.Behavior.Unit;
import java.util.ArrayList;
import java.util.stream.IntStream;

/// How far `Behavior` lets each role go now. To stay is always allowed.
public record Allowance(Span prefill, Span decode) {

    private static final double PERCENT = 100;

    /// Any count is allowed.
    public static final Allowance ANY = new Allowance(Span.ANY, Span.ANY);

    /// Counts that one role may go to.
    ///
    /// @param fewestBy which rule bounds the removal, empty for none
    /// @param mostBy which rule bounds the addition, empty for none
    public record Span(int fewest, int most, String fewestBy, String mostBy) {

        static final Span ANY = new Span(0, Integer.MAX_VALUE, "", "");

        /// The allowed count that is nearest.
        public int nearest(int count) {
            return Math.clamp(count, fewest, most);
        }
    }

    private record End(int count, String by) {}

    /// What is allowed.
    ///
    /// @param now replicas commanded at present
    /// @param wanted before any bound
    public static Allowance of(
            Behavior behavior, Recent recent, Sizes now, Sizes wanted, double atSeconds) {
        return behavior.equals(Behavior.NONE)
                ? ANY
                : new Allowance(
                        span(behavior, recent, Role.PREFILL, now, wanted, atSeconds),
                        span(behavior, recent, Role.DECODE, now, wanted, atSeconds));
    }

    private static Span span(
            Behavior behavior,
            Recent recent,
            Role role,
            Sizes now,
            Sizes wanted,
            double atSeconds) {
        var rules = behavior.of(role);
        var most = up(rules.scaleUp(), recent, role, now.of(role), wanted.of(role), atSeconds);
        var fewest =
                down(rules.scaleDown(), recent, role, now.of(role), wanted.of(role), atSeconds);
        return new Span(fewest.count(), most.count(), fewest.by(), most.by());
    }

    private static End up(
            Direction rules, Recent recent, Role role, int now, int wanted, double at) {
        if (rules.select() == Select.DISABLED) {
            return new End(now, "selectPolicy Disabled");
        }
        if (wanted > now && wanted - now < rules.tolerance() * now) {
            return new End(now, "tolerance");
        }
        var end = new End(Integer.MAX_VALUE, "");
        int window = rules.windowOrZero();
        if (window > 0) {
            int steady = recent.wished(role, now, at, window).min().orElse(now);
            end = new End(Math.max(now, Math.min(wanted, steady)), "stabilizationWindowSeconds");
        }
        var limits =
                rules.policies().stream()
                        .mapToInt(
                                policy ->
                                        grown(
                                                policy,
                                                within(recent, role, now, at, policy)
                                                        .min()
                                                        .orElse(now)));
        // The greater count is the greater change.
        var limit = rules.select() == Select.MAX ? limits.max() : limits.min();
        int most = Math.max(now, limit.orElse(Integer.MAX_VALUE));
        return most < end.count() ? new End(most, "policies") : end;
    }

    private static End down(
            Direction rules, Recent recent, Role role, int now, int wanted, double at) {
        if (rules.select() == Select.DISABLED) {
            return new End(now, "selectPolicy Disabled");
        }
        if (wanted < now && now - wanted < rules.tolerance() * now) {
            return new End(now, "tolerance");
        }
        var end = new End(0, "");
        int window = rules.windowOrZero();
        if (window > 0) {
            int steady = recent.wished(role, now, at, window).max().orElse(now);
            end = new End(Math.min(now, Math.max(wanted, steady)), "stabilizationWindowSeconds");
        }
        var limits =
                rules.policies().stream()
                        .mapToInt(
                                policy ->
                                        shrunk(
                                                policy,
                                                within(recent, role, now, at, policy)
                                                        .max()
                                                        .orElse(now)));
        // The smaller count is the greater change.
        var limit = rules.select() == Select.MAX ? limits.min() : limits.max();
        int fewest = Math.min(now, limit.orElse(0));
        return fewest > end.count() ? new End(fewest, "policies") : end;
    }

    /// Replicas within the period. Growth is bound from the fewest and removal from the most of
    /// them, unlike in an HPA: a move's last replica may be commanded when what went the other way
    /// has left the period.
    private static IntStream within(Recent recent, Role role, int now, double at, Policy policy) {
        return recent.commanded(role, now, at, policy.periodSeconds());
    }

    /// Rounded up, so that a share of few replicas is one.
    private static int grown(Policy policy, int start) {
        return policy.unit() == Unit.PERCENT
                ? (int) Math.ceil(start * (1 + policy.value() / PERCENT))
                : (int) Math.min(Integer.MAX_VALUE, (long) start + policy.value());
    }

    /// Rounded down, so that a share of few replicas is one.
    private static int shrunk(Policy policy, int start) {
        return policy.unit() == Unit.PERCENT
                ? (int) (start * (1 - policy.value() / PERCENT))
                : start - policy.value();
    }

    /// One role's.
    public Span of(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// The allowed pair that is nearest.
    public Sizes nearest(Sizes pair) {
        return new Sizes(prefill.nearest(pair.prefill()), decode.nearest(pair.decode()));
    }

    /// Whether a pair is allowed.
    public boolean allows(Sizes pair) {
        return nearest(pair).equals(pair);
    }

    /// Which rules keep a pair from being allowed, for people; empty where none does.
    public String against(Sizes pair) {
        var found = new ArrayList<String>();
        for (var role : Role.values()) {
            var span = of(role);
            int count = pair.of(role);
            if (count > span.most()) {
                found.add(
                        "behavior.%s.scaleUp (%s) allows %d %s replicas at most now, not %d."
                                .formatted(
                                        role.label(),
                                        span.mostBy(),
                                        span.most(),
                                        role.label(),
                                        count));
            }
            if (count < span.fewest()) {
                found.add(
                        "behavior.%s.scaleDown (%s) allows %d %s replicas at least now, not %d."
                                .formatted(
                                        role.label(),
                                        span.fewestBy(),
                                        span.fewest(),
                                        role.label(),
                                        count));
            }
        }
        return String.join(" ", found);
    }
}
