package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.TwoPools.AUTO;
import static dev.ratematch.k8s.operator.TwoPools.GPUS;
import static dev.ratematch.k8s.operator.TwoPools.START;
import static dev.ratematch.k8s.operator.TwoPools.after;
import static dev.ratematch.k8s.operator.TwoPools.first;
import static dev.ratematch.k8s.operator.TwoPools.go;
import static dev.ratematch.k8s.operator.TwoPools.moving;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.operator.SessionStep.Go;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What becomes of an open move when its RateMatcher is changed, under a running operator or
/// between two.
class ResumedMoveTest {

    private static final TwoPools SCENE = TwoPools.of(AUTO);

    private static String with(String field, String value) {
        assertThat(AUTO).contains(field);
        return AUTO.replace(field, value);
    }

    /// The change under a running operator.
    private static Go running(TwoPools changed) {
        return go(after(first(SCENE), SCENE), moving(2, 3), changed.at(START.plusSeconds(1)));
    }

    /// The change between two.
    private static Go restarted(TwoPools changed) {
        return first(changed.stored(SCENE.left(moving(2, 3))));
    }

    private static void goesOn(Go go) {
        assertThat(go.ended()).isNull();
        assertThat(Objects.requireNonNull(go.from()).move()).isEqualTo(moving(2, 3).move());
    }

    private static void ends(Go go, String why) {
        assertThat(go.ended()).startsWith("The move from 4P1D to 2P3D ends here: ").contains(why);
        assertThat(Objects.requireNonNull(go.from()).move()).isNull();
    }

    @Test
    void anotherPromiseOptionOrBoundThatItKeepsLeavesItOpen() {
        for (var changed :
                new String[] {
                    with("itl: 20ms", "itl: 15ms"),
                    with("budget: {gpus: 6}", "budget: {gpus: 5}"),
                    with("  slo:", "  options: {demandMargin: 0.4}\n  slo:"),
                    with("llama-3.1-70b", "qwen3-32b"),
                }) {
            goesOn(running(TwoPools.of(changed)));
            goesOn(restarted(TwoPools.of(changed)));
        }
    }

    @Test
    void aBudgetThatItsEndBreaksEndsIt() {
        var four = TwoPools.of(with("gpus: " + GPUS, "gpus: 4"));
        String why = "2P3D holds 5 GPUs, the budget is 4.";
        ends(running(four), why);
        ends(restarted(four), why);
    }

    @Test
    void anotherWidthEndsIt() {
        var wide = TwoPools.of(with("gpus: " + GPUS, "gpus: 12")).wide(2);
        String why = "a prefill replica holds 2 GPUs now, not 1.";
        ends(running(wide), why);
        ends(restarted(wide), why);
    }

    @Test
    void anotherTargetEndsItThoughNothingElseIsNew() {
        var other = SCENE.selecting("app=y");
        String why = "prefill has another target, whose pods are app=y.";
        ends(running(other), why);
        ends(restarted(other), why);
    }

    @Test
    void aMoveOfAServiceThatNobodyKnowsEnds() {
        var go = first(SCENE.stored(SCENE.left(moving(2, 3))));
        goesOn(go);
        var unknown = TwoPools.status(null, SCENE.left(moving(2, 3)).memory());
        goesOn(first(SCENE.stored(unknown)));
        ends(
                first(TwoPools.of(with("llama-3.1-70b", "qwen3-32b")).stored(unknown)),
                "it was begun for another service.");
    }
}
