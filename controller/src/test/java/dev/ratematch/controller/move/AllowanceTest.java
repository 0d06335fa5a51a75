package dev.ratematch.controller.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.Behavior;
import dev.ratematch.controller.spec.Behavior.Direction;
import dev.ratematch.controller.spec.Behavior.Policy;
import dev.ratematch.controller.spec.Behavior.Rules;
import dev.ratematch.controller.spec.Behavior.Select;
import dev.ratematch.controller.spec.Behavior.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// As Kubernetes' HorizontalPodAutoscaler works its behavior out.
class AllowanceTest {

    private static final Policy TWO_A_MINUTE = new Policy(Unit.REPLICAS, 2, 60);
    private static final Policy HALF_A_MINUTE = new Policy(Unit.PERCENT, 50, 60);

    private static Direction bound(Select select, Policy... policies) {
        return new Direction(null, List.of(policies), select, 0);
    }

    private static Behavior ofPrefill(Direction up, Direction down) {
        return new Behavior(new Rules(up, down), Rules.NONE);
    }

    private static Allowance.Span span(
            Behavior behavior, Recent recent, int now, int wanted, double at) {
        return Allowance.of(behavior, recent, new Sizes(now, 1), new Sizes(wanted, 1), at)
                .prefill();
    }

    private static Recent changed(Recent recent, double at, int from, int to) {
        return recent.changed(at, new Counts(from, 1), new Counts(to, 1));
    }

    @Test
    void whatChangedWithinThePeriodCounts() {
        var behavior = ofPrefill(bound(Select.MAX, TWO_A_MINUTE), bound(Select.MAX, TWO_A_MINUTE));
        assertThat(span(behavior, Recent.NONE, 10, 20, 0).most()).isEqualTo(12);
        assertThat(span(behavior, Recent.NONE, 10, 1, 0).fewest()).isEqualTo(8);
        var grown = changed(Recent.NONE, 0, 10, 11);
        assertThat(span(behavior, grown, 11, 20, 59).most()).isEqualTo(12);
        assertThat(span(behavior, grown, 11, 20, 60).most()).isEqualTo(13);
        // What grew since gives no credit: it may have left the period when the move gets there.
        assertThat(span(behavior, grown, 11, 1, 59).fewest()).isEqualTo(9);
        var other = Allowance.of(behavior, grown, new Sizes(11, 1), new Sizes(20, 9), 59);
        assertThat(other.decode().most()).isEqualTo(Integer.MAX_VALUE);
        assertThat(other.against(new Sizes(20, 9)))
                .isEqualTo(
                        "behavior.prefill.scaleUp (policies) allows 12 prefill replicas at most"
                                + " now, not 20.");
    }

    /// One was taken and one given back; the move that gave it may go on when the first has left
    /// the period, and has then added three to fifteen.
    @Test
    void whatWentBothWaysIsBoundFromTheFewestAndTheMost() {
        var behavior = ofPrefill(bound(Select.MAX, TWO_A_MINUTE), bound(Select.MAX, TWO_A_MINUTE));
        var dipped = changed(changed(Recent.NONE, 0, 16, 15), 40, 15, 16);
        assertThat(span(behavior, dipped, 16, 20, 45).most()).isEqualTo(17);
        var risen = changed(changed(Recent.NONE, 0, 16, 17), 40, 17, 16);
        assertThat(span(behavior, risen, 16, 10, 45).fewest()).isEqualTo(15);
    }

    @Test
    void aShareMovesOneReplicaAtLeast() {
        var tenth = new Policy(Unit.PERCENT, 10, 60);
        var behavior = ofPrefill(bound(Select.MAX, tenth), bound(Select.MAX, tenth));
        assertThat(span(behavior, Recent.NONE, 3, 9, 0).most()).isEqualTo(4);
        assertThat(span(behavior, Recent.NONE, 3, 1, 0).fewest()).isEqualTo(2);
        assertThat(span(behavior, changed(Recent.NONE, 0, 20, 22), 22, 30, 9).most()).isEqualTo(22);
    }

    @Test
    void ofSeveralPoliciesTheSelectedOneCounts() {
        for (var select : List.of(Select.MAX, Select.MIN)) {
            var rules = bound(select, TWO_A_MINUTE, HALF_A_MINUTE);
            var span = span(ofPrefill(rules, rules), Recent.NONE, 20, 20, 0);
            assertThat(span.most()).isEqualTo(select == Select.MAX ? 30 : 22);
            assertThat(span.fewest()).isEqualTo(select == Select.MAX ? 10 : 18);
        }
        var off = bound(Select.DISABLED, TWO_A_MINUTE);
        var span = span(ofPrefill(off, Direction.FREE), Recent.NONE, 20, 30, 0);
        assertThat(span.most()).isEqualTo(20);
        assertThat(span.mostBy()).isEqualTo("selectPolicy Disabled");
        assertThat(span.fewest()).isZero();
    }

    @Test
    void aChangeWithinToleranceIsNotMade() {
        var tenth = new Direction(null, List.of(), Select.MAX, 0.1);
        var behavior = ofPrefill(tenth, tenth);
        assertThat(span(behavior, Recent.NONE, 20, 21, 0).most()).isEqualTo(20);
        assertThat(span(behavior, Recent.NONE, 20, 22, 0).most()).isGreaterThanOrEqualTo(22);
        assertThat(span(behavior, Recent.NONE, 20, 19, 0).fewest()).isEqualTo(20);
        assertThat(span(behavior, Recent.NONE, 20, 18, 0).fewest()).isLessThanOrEqualTo(18);
    }

    @Test
    void aRoleGoesOnlyAsFarAsWasWantedThroughoutTheWindow() {
        var window = new Direction(120, List.of(), Select.MAX, 0);
        var behavior = ofPrefill(window, window);
        var there = new Sizes(10, 1);
        var recent = Recent.NONE;
        assertThat(span(behavior, recent, 10, 6, 0).fewest()).isEqualTo(10);
        recent = recent.wishing(0, there, new Sizes(6, 1), 120);
        recent = recent.wishing(60, there, new Sizes(8, 1), 120);
        recent = recent.wishing(90, there, new Sizes(5, 1), 120);
        assertThat(span(behavior, recent, 10, 5, 119).fewest()).isEqualTo(10);
        assertThat(span(behavior, recent, 10, 5, 120).fewest()).isEqualTo(8);
        assertThat(span(behavior, recent, 10, 5, 210).fewest()).isEqualTo(5);
        assertThat(span(behavior, recent, 10, 12, 210).most()).isEqualTo(10);
        assertThat(recent.wishing(120, there, there, 0).wishes()).isEmpty();
    }

    /// Of random histories, by counting.
    @Test
    void noChangeEndsFurtherFromThePeriodsStartThanItsPolicyAllows() {
        int moved = 0;
        for (int seed = 0; seed < 300; seed++) {
            var random = new SplittableRandom(seed);
            int period = 15 * (1 + random.nextInt(20));
            int value = 1 + random.nextInt(5);
            var rules = bound(Select.MAX, new Policy(Unit.REPLICAS, value, period));
            var behavior = ofPrefill(rules, rules);
            var recent = Recent.NONE;
            var counts = new ArrayList<Integer>();
            int now = 10;
            counts.add(now);
            for (double at = 15; at < 3600; at += 15) {
                int wanted = random.nextInt(30);
                int next = span(behavior, recent, now, wanted, at).nearest(wanted);
                recent = changed(recent, at, now, next);
                counts.add(next);
                int start = counts.get(Math.max(0, counts.size() - 1 - period / 15));
                int way = Integer.signum(next - now);
                assertThat(way * (next - start))
                        .as("seed %d at %s s: %d, %d, %d", seed, at, start, now, next)
                        .isLessThanOrEqualTo(value);
                moved += Math.abs(way);
                now = next;
            }
            assertThat(recent.changes().size()).isLessThanOrEqualTo(64);
        }
        assertThat(moved).isGreaterThan(5000);
    }

    @Test
    void whatIsRememberedIsBounded() {
        var recent = Recent.NONE;
        for (int i = 0; i < 1000; i++) {
            recent = changed(recent, i, i % 2, (i + 1) % 2);
            recent = recent.wishing(i, new Sizes(1, 1), new Sizes(1 + i % 2, 1), 3600);
        }
        assertThat(recent.changes()).hasSize(64);
        assertThat(recent.wishes()).hasSize(256);
        assertThat(recent.commanded(Role.PREFILL, 0, 1000, 1800).findFirst()).hasValue(0);
        var later = recent.changed(2800, new Counts(3, null), new Counts(null, 4));
        assertThat(later.changes()).isEmpty();
    }
}
