package dev.ratematch.controller.roleswitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One rule each, look by look.
class SwitchboardTest {

    private final Scene scene = new Scene(Protocol.VLLM, 2, 3);

    @Test
    void switchesTheLeastLoadedOneInThisOrder() {
        scene.running("d1", 5);
        scene.running("d2", 3);
        scene.running("d3", 4);
        scene.desired = new Sizes(3, 2);

        scene.look(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Ask("d2", Role.DECODE, 3));
        scene.answer("d2", Reply.Answer.ABLE);
        scene.look(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Unroute("d2"));
        scene.look(10);
        assertThat(scene.turn.orders()).as("while it has load").isEmpty();
        scene.running("d2", 0);
        scene.look(1);
        assertThat(scene.turn.orders())
                .containsExactly(new Order.Switch("d2", Role.PREFILL, 0L, 4));
        scene.answer("d2", Reply.Answer.ACCEPTED);
        scene.look(1);
        assertThat(scene.turn.orders()).as("until its live role is seen").isEmpty();
        scene.live("d2", scene.live(Role.PREFILL, 1));
        scene.look(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Route("d2", Role.PREFILL));
        scene.look(1);
        assertThat(scene.ended()).containsExactly(Result.SWITCHED);
        assertThat(scene.board.open()).isEmpty();
        assertThat(scene.board.tallies().of(Result.SWITCHED)).isEqualTo(1);
        assertThat(((Event.Ended) scene.turn.events().getFirst()).transaction().spent())
                .isEqualTo(new Spent(1, 11, 2, 1, 0));
    }

    @Test
    void aLabelNeedsNoEngine() {
        var labels = new Scene(Protocol.LABEL, 2, 3);
        labels.desired = new Sizes(3, 2);
        labels.look(1);
        assertThat(labels.turn.orders()).containsExactly(new Order.Unroute("d1"));
        labels.look(10);
        assertThat(labels.turn.orders()).containsExactly(new Order.Route("d1", Role.PREFILL));
        assertThat(labels.look(1).ended()).containsExactly(Result.SWITCHED);
    }

    @Test
    void nothingLeavesItsPoolBeforeItsEngineSaidThatItCan() {
        scene.desired = new Sizes(3, 2);
        scene.look(1).look(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Ask("d1", Role.DECODE, 3));
        scene.answer("d1", Reply.Answer.NOT_OFFERED);
        scene.look(1);
        assertThat(scene.ended()).containsExactly(Result.NOT_OFFERED);
        assertThat(scene.home("d1")).isEqualTo(Home.DECODE);
    }

    @Test
    void noAnswerToTheQuestionEndsAtTheDeadline() {
        scene.desired = new Sizes(3, 2);
        scene.look(1).look(Scene.SWITCH);
        assertThat(scene.ended()).containsExactly(Result.NOT_ANSWERED);
        assertThat(scene.board.cooling().getFirst().instance()).isEqualTo("d1");
    }

    @Test
    void minimumReadyHoldsWhateverIsWanted() {
        scene.policy = new SwitchPolicy(Protocol.VLLM, Scene.DRAIN, Scene.SWITCH, 3, 1, 3);
        scene.desired = new Sizes(3, 2);
        assertThat(scene.look(1).turn.held()).isEqualTo(Held.MINIMUM_READY);
        assertThat(scene.turn.orders()).isEmpty();
    }

    @Test
    void theMinimumIsLookedAtAgainBeforeItLeaves() {
        scene.policy = new SwitchPolicy(Protocol.VLLM, Scene.DRAIN, Scene.SWITCH, 3, 1, 2);
        scene.desired = new Sizes(3, 2);
        scene.look(1);
        scene.answer("d1", Reply.Answer.ABLE);
        scene.ready("d3", false);
        scene.look(1);
        assertThat(scene.ended()).containsExactly(Result.NEEDED);
        assertThat(scene.turn.orders()).isEmpty();
    }

    @Test
    void aPoolThatFallsBelowItsMinimumGetsBackWhoIsStillDraining() {
        scene.policy = new SwitchPolicy(Protocol.VLLM, Scene.DRAIN, Scene.SWITCH, 1, 1, 2);
        scene.running("d1", 1);
        scene.running("d2", 1);
        scene.running("d3", 1);
        scene.told();
        assertThat(scene.phase("d1")).isEqualTo(Phase.DRAINING);
        scene.seen.remove("d3");
        scene.look(1);
        assertThat(scene.turn.orders()).contains(new Order.Route("d1", Role.DECODE));
        assertThat(scene.look(1).ended()).containsExactly(Result.NEEDED);
    }

    @Test
    void asManyAtOnceAsThePolicySays() {
        var many = new Scene(Protocol.LABEL, 1, 6);
        many.policy = new SwitchPolicy(Protocol.LABEL, Scene.DRAIN, Scene.SWITCH, 2, 1, 1);
        many.desired = new Sizes(5, 2);
        many.look(1);
        assertThat(many.turn.orders())
                .containsExactly(new Order.Unroute("d1"), new Order.Unroute("d2"));
        assertThat(many.look(1).turn.held()).isEqualTo(Held.AT_ONCE);
    }

    @Test
    void unknownLoadIsNeverIdle() {
        scene.load("d1", new Load(0.0, 0.0, null, 0));
        scene.load("d2", new Load(null, 0.0, 0.0, 0));
        scene.load("d3", new Load(0.0, null, 0.0, 0));
        scene.desired = new Sizes(3, 2);
        assertThat(scene.look(1).turn.held()).isEqualTo(Held.LOAD_UNKNOWN);
    }

    @Test
    void aLoadFromBeforeItLeftIsNoProofThatItIsIdle() {
        scene.desired = new Sizes(3, 2);
        scene.look(1);
        scene.answer("d1", Reply.Answer.ABLE);
        scene.look(1).look(Course.SETTLE_SECONDS / 2);
        assertThat(scene.turn.orders()).isEmpty();
        scene.look(Course.SETTLE_SECONDS / 2);
        assertThat(scene.turn.orders()).hasSize(1).first().isInstanceOf(Order.Switch.class);
    }

    @Test
    void aLoadFromBeforeALateLabelIsNoProofEither() {
        scene.desired = new Sizes(3, 2);
        scene.look(1);
        scene.answer("d1", Reply.Answer.ABLE);
        scene.look(1);
        scene.home("d1", Home.DECODE);
        scene.look(Course.SETTLE_SECONDS);
        assertThat(scene.turn.orders()).containsExactly(new Order.Unroute("d1"));
        assertThat(scene.look(Course.SETTLE_SECONDS / 2).turn.orders()).isEmpty();
        assertThat(scene.look(Course.SETTLE_SECONDS / 2).turn.orders()).hasSize(1);
    }

    @Test
    void nobodyIsToldInAPoolOrWithoutItsLiveRole() {
        scene.desired = new Sizes(3, 2);
        scene.look(1);
        scene.answer("d1", Reply.Answer.ABLE);
        scene.look(1);
        scene.home("d1", Home.DECODE);
        scene.look(10);
        assertThat(scene.turn.orders()).containsExactly(new Order.Unroute("d1"));
        scene.live("d1", LiveRole.UNKNOWN);
        assertThat(scene.look(10).turn.orders()).isEmpty();
        scene.live("d1", new LiveRole(Role.DECODE, null, EnginePhase.READY));
        assertThat(scene.look(10).turn.orders()).as("no epoch to expect").isEmpty();
        scene.live("d1", scene.live(Role.DECODE, 4));
        assertThat(scene.look(10).turn.orders())
                .containsExactly(new Order.Switch("d1", Role.PREFILL, 4L, 4));
    }

    @Test
    void aDrainThatDoesNotEndIsGivenUpAndTriedLaterWithGrowingWaits() {
        scene.running("d2", 1);
        scene.running("d3", 1);
        scene.desired = new Sizes(3, 2);
        scene.look(1);
        scene.answer("d1", Reply.Answer.ABLE);
        scene.look(1);
        scene.running("d1", 1);
        scene.look(Scene.DRAIN);
        assertThat(scene.turn.orders()).contains(new Order.Route("d1", Role.DECODE));
        assertThat(scene.board.cooling())
                .containsExactly(new Refused("d1", scene.now + 60, 1, Result.DRAIN_TIMED_OUT));
        assertThat(Refused.after("d1", 1, Result.REFUSED, 0).untilSeconds()).isEqualTo(120);
        assertThat(Refused.after("d1", 9, Result.REFUSED, 0).untilSeconds()).isEqualTo(1800);
        scene.look(1);
        assertThat(scene.ended()).containsExactly(Result.DRAIN_TIMED_OUT);
        assertThat(scene.board.open()).extracting(Transaction::instance).containsExactly("d2");
    }

    @Test
    void aSafeRefusalGoesBackAnUnsafeOneIsReplaced() {
        scene.told().answer("d1", Reply.Answer.REFUSED_SAFE);
        scene.look(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Route("d1", Role.DECODE));
        assertThat(scene.look(1).ended()).containsExactly(Result.REFUSED);

        var unsafe = new Scene(Protocol.SGLANG, 2, 3).told();
        unsafe.answer("d1", Reply.Answer.REFUSED_UNSAFE);
        unsafe.look(1);
        assertThat(unsafe.turn.orders())
                .containsExactly(
                        new Order.Delete("d1", "it refuses, not safe to restore: so it says"));
        assertThat(unsafe.look(1).turn.orders()).as("until it is gone").hasSize(1);
        unsafe.seen.remove("d1");
        assertThat(unsafe.look(1).ended()).containsExactly(Result.UNSAFE);
        assertThat(unsafe.board.tallies().of(Result.UNSAFE)).isEqualTo(1);
    }

    @Test
    void anEngineThatFailedIsReplacedWhoeverSwitchedIt() {
        var failed = new LiveRole(Role.DECODE, 0L, EnginePhase.FAILED);
        scene.told().live("d1", failed);
        assertThat(scene.look(1).phase("d1")).isEqualTo(Phase.CONDEMNED);

        var others = new Scene(Protocol.VLLM, 2, 3);
        others.live("d1", failed);
        others.live("d2", failed);
        others.look(1);
        assertThat(others.turn.orders())
                .as("one at a time")
                .containsExactly(new Order.Unroute("d1"));
        assertThat(others.look(1).turn.orders()).first().isInstanceOf(Order.Delete.class);
    }

    @Test
    void noAnswerIsFollowedByASecondOrderOnlyAfterTheTimeOutAndByTheLiveRole() {
        scene.told();
        scene.look(Scene.SWITCH - 1);
        assertThat(scene.turn.orders()).isEmpty();
        scene.look(1);
        assertThat(scene.turn.orders())
                .containsExactly(new Order.Switch("d1", Role.PREFILL, 0L, 5));
        scene.look(Scene.SWITCH);
        assertThat(scene.turn.orders())
                .as("it is ready")
                .containsExactly(new Order.Route("d1", Role.DECODE));
        assertThat(scene.look(1).ended()).containsExactly(Result.SWITCH_TIMED_OUT);
    }

    @Test
    void whoDoesNotTellItsRoleAfterASwitchIsReplaced() {
        scene.told().live("d1", LiveRole.UNKNOWN);
        scene.look(Scene.SWITCH);
        assertThat(scene.turn.orders()).hasSize(1).first().isInstanceOf(Order.Delete.class);

        var silent = new Scene(Protocol.SGLANG, 2, 3).told();
        silent.look(Scene.SWITCH).look(Scene.SWITCH);
        assertThat(silent.phase("d1"))
                .as("it cannot tell that it is ready")
                .isEqualTo(Phase.CONDEMNED);
    }

    @Test
    void aSwitchThatDidNothingIsSeen() {
        var nothing = new Scene(Protocol.SGLANG, 2, 3).told();
        nothing.answer("d1", Reply.Answer.SWITCHED);
        assertThat(nothing.look(1).phase("d1")).isEqualTo(Phase.VERIFYING);
        assertThat(nothing.turn.orders()).isEmpty();
        nothing.look(Scene.SWITCH);
        assertThat(nothing.turn.orders()).containsExactly(new Order.Route("d1", Role.DECODE));
        assertThat(nothing.look(1).ended()).containsExactly(Result.UNCHANGED);
    }

    @Test
    void whoIsNotToldYetGoesBackAtOnceWhenTheCountsTurnRound() {
        scene.running("d1", 1);
        scene.running("d2", 2);
        scene.running("d3", 2);
        scene.told();
        scene.desired = new Sizes(2, 3);
        scene.look(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Route("d1", Role.DECODE));
        assertThat(scene.look(1).ended()).containsExactly(Result.TURNED_ROUND);
        assertThat(scene.board.cooling()).as("no refusal").isEmpty();
    }

    @Test
    void whoWasToldGoesOnWhenTheCountsTurnRound() {
        scene.told();
        scene.desired = new Sizes(2, 3);
        scene.look(1);
        assertThat(scene.phase("d1")).isEqualTo(Phase.SWITCHING);
        assertThat(scene.turn.orders()).isEmpty();
    }

    @Test
    void anOrderIsRepeatedUntilItIsSeenDoneAndAStuckOneIsSaidOnce() {
        scene.told().live("d1", scene.live(Role.PREFILL, 1));
        for (int i = 0; i < 2; i++) {
            scene.look(1);
            assertThat(scene.turn.orders()).containsExactly(new Order.Route("d1", Role.PREFILL));
            scene.home("d1", Home.NEITHER);
        }
        scene.look(Scene.SWITCH);
        assertThat(scene.turn.events()).hasSize(1).first().isInstanceOf(Event.Stuck.class);
        scene.home("d1", Home.NEITHER);
        assertThat(scene.look(1).turn.events()).isEmpty();
        assertThat(scene.turn.orders()).containsExactly(new Order.Route("d1", Role.PREFILL));
    }

    @Test
    void namesAreUnique() {
        var one = List.copyOf(scene.seen.values()).getFirst();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                Switchboard.EMPTY.step(
                                        scene.policy, scene.desired, List.of(one, one), 0))
                .withMessage("instance (p1) was seen twice; names must be unique.");
    }
}
