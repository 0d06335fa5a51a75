package dev.ratematch.controller.roleswitch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import org.junit.jupiter.api.Test;

/// What others do to instances: restarts, labels changed by hand, switches that are not ours.
class OthersTest {

    private final Scene scene = new Scene(Protocol.VLLM, 2, 3);

    @Test
    void aRestartOnTheWayEndsInThePoolOfTheTemplatesRole() {
        scene.told().restart("d1", Role.PREFILL, false);
        scene.desired = new Sizes(2, 3);
        scene.look(1).look(10 * Scene.SWITCH);
        assertThat(scene.phase("d1")).as("while it loads").isEqualTo(Phase.RESTORING);
        assertThat(scene.turn.orders()).isEmpty();
        scene.ready("d1", true);
        scene.live("d1", scene.live(Role.PREFILL, 0));
        scene.look(1);
        assertThat(scene.turn.orders()).contains(new Order.Route("d1", Role.PREFILL));
        assertThat(scene.look(1).ended()).contains(Result.RESTARTED);
    }

    @Test
    void aRestartInTheTemplatesRoleIsPutRight() {
        scene.look(1);
        scene.restart("d2", Role.PREFILL, false);
        assertThat(scene.look(1).turn.orders()).as("while it loads").isEmpty();
        scene.restart("d2", Role.PREFILL, true);
        scene.desired = new Sizes(3, 2);
        scene.look(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Route("d2", Role.PREFILL));
        assertThat(scene.conflicts()).as("nobody's fault").isEmpty();
        assertThat(scene.look(1).ended()).containsExactly(Result.PUT_RIGHT);
    }

    @Test
    void aLabelChangedByHandIsAConflictAndIsPutRight() {
        scene.look(1);
        scene.home("p1", Home.DECODE);
        scene.look(1);
        assertThat(scene.conflicts())
                .containsExactly("somebody else changed its label from prefill to decode");
        assertThat(scene.turn.orders()).containsExactly(new Order.Route("p1", Role.PREFILL));
        scene.look(1);
        assertThat(scene.look(1).conflicts()).as("once").isEmpty();
    }

    @Test
    void anEpochThatJumpedIsAConflict() {
        scene.look(1);
        scene.live("d1", scene.live(Role.DECODE, 2));
        assertThat(scene.look(1).conflicts())
                .containsExactly("somebody else switched it: its epoch went from 0 to 2");
        scene.told().live("d1", scene.live(Role.PREFILL, 5));
        scene.look(1).look(1);
        assertThat(scene.conflicts())
                .containsExactly(
                        "its epoch went from 2 to 5 in one switch; somebody else switches it");
    }

    @Test
    void anEpochThatJumpsWhileItDrainsIsAConflictToo() {
        scene.running("d1", 1);
        scene.running("d2", 2);
        scene.running("d3", 2);
        scene.told();
        assertThat(scene.phase("d1")).isEqualTo(Phase.DRAINING);
        scene.live("d1", scene.live(Role.DECODE, 2));
        assertThat(scene.look(1).conflicts())
                .containsExactly("somebody else switched it: its epoch went from 0 to 2");
        assertThat(scene.look(1).conflicts()).as("once").isEmpty();
    }

    @Test
    void aStaleEpochMeansThatSomebodyElseSwitches() {
        scene.told().answer("d1", Reply.Answer.CONFLICT);
        scene.look(1);
        assertThat(scene.conflicts()).containsExactly("it was switched by others: so it says");
        assertThat(scene.look(1).ended()).containsExactly(Result.CONFLICT);
    }

    @Test
    void whoIsTakenOutByHandGetsTheTimeThatASwitchTakes() {
        scene.look(1);
        scene.home("d1", Home.NEITHER);
        scene.look(1);
        assertThat(scene.conflicts()).hasSize(1);
        scene.look(Scene.DRAIN + Scene.SWITCH - 1);
        assertThat(scene.turn.orders()).isEmpty();
        scene.look(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Route("d1", Role.DECODE));
    }

    @Test
    void whoIsPutIntoAPoolByHandWhileItSwitchesIsTakenOutAgain() {
        scene.told().home("d1", Home.DECODE);
        scene.look(1);
        assertThat(scene.conflicts()).hasSize(1);
        assertThat(scene.turn.orders()).containsExactly(new Order.Unroute("d1"));
    }

    @Test
    void whoIsBeingDeletedIsGone() {
        scene.told();
        scene.change(
                "d1",
                i -> new Instance("d1", "1", i.home(), true, true, i.load(), i.live(), i.reply()));
        scene.look(1);
        assertThat(scene.ended()).containsExactly(Result.VANISHED);
        assertThat(scene.board.known()).extracting(Known::instance).doesNotContain("d1");
    }
}
