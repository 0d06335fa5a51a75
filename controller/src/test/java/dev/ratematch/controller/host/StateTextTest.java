package dev.ratematch.controller.host;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Outstanding;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Sizes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class StateTextTest {

    private static String text(String json) {
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        var controller = new Controller(spec(32), laws());
        var state = State.INITIAL;
        for (double at = 30; at <= 90; at += 30) {
            state = controller.step(state, steady(at, 2, 2, 900), Conduct.ADVICE, null).state();
        }
        assertThat(state.proposed()).isNotNull();
        assertThat(state.told()).isNotEqualTo(Outstanding.NONE);
        assertThat(StateText.read(StateText.write("a service", state)))
                .isEqualTo(new StateText.Kept(StateText.VERSION, "a service", state));
    }

    /// As the version before wrote it: negative numbers for what had never been.
    @Test
    void theStateOfTheVersionBeforeIsReadWithItsOpenMove() {
        var kept =
                StateText.read(
                        text(
                                """
                                {"version":1,"identity":"a service","state":{"windows":[],
                                "lastSeenSeconds":-1.0,"heardSeconds":-1.0,"lastMoveEndSeconds":50.0,
                                "smallerSinceSeconds":-1.0,"transitionSinceSeconds":-1.0,
                                "commandedPrefill":3,"commandedDecode":-1,
                                "move":{"fromPrefill":2,"fromDecode":2,"toPrefill":3,"toDecode":4,
                                "phase":"RECEIVER_STARTING","startedSeconds":60.0,
                                "deadlineSeconds":400.0,"shrunkSeconds":-1.0},
                                "calibration":{"prefill":%s,"decode":%s,"transfer":%s,
                                "decodeKvTokens":null}}}
                                """
                                        .formatted(NONE, NONE, NONE)));
        var state = kept.state();
        assertThat(state.lastSeenSeconds()).isNull();
        assertThat(state.lastMoveEndSeconds()).isEqualTo(50);
        assertThat(state.commanded()).isEqualTo(new Counts(3, null));
        assertThat(state.move())
                .isEqualTo(
                        new Move(
                                new Sizes(2, 2),
                                new Sizes(3, 4),
                                Move.Phase.RECEIVER_STARTING,
                                60,
                                400,
                                null,
                                0,
                                0));
        assertThat(state.told()).isEqualTo(Outstanding.NONE);
    }

    @Test
    void whatAnEarlierVersionDidNotRememberIsEmpty() {
        var state = State.INITIAL.remembered();
        var json =
                new String(
                        Base64.getDecoder().decode(StateText.write("a service", state)),
                        StandardCharsets.UTF_8);
        String before = json;
        for (var added :
                new String[] {
                    ",\"recent\":{\"changes\":[],\"wishes\":[]}",
                    ",\"outgrown\":{\"prefill\":null,\"decode\":null}",
                    ",\"precedents\":{\"seen\":[]}"
                }) {
            assertThat(before).contains(added);
            before = before.replace(added, "");
        }
        assertThat(StateText.read(text(before)).state()).isEqualTo(state);
    }

    private static final String NONE =
            "{\"weight\":0,\"model\":0,\"modelSquares\":0,\"observed\":0,\"products\":0,"
                    + "\"refusals\":0}";

    @Test
    void anyOtherTextIsRefused() {
        for (String other : new String[] {"{\"version\":7}", "{}", "null", "[1]", "{"}) {
            assertThatThrownBy(() -> StateText.read(text(other)))
                    .as(other)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("leave it out to start afresh");
        }
    }
}
