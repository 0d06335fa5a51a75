package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.TwoPools.AUTO;
import static dev.ratematch.k8s.operator.TwoPools.START;
import static dev.ratematch.k8s.operator.TwoPools.first;
import static dev.ratematch.k8s.operator.TwoPools.go;
import static dev.ratematch.k8s.operator.TwoPools.interlock;
import static dev.ratematch.k8s.operator.TwoPools.learnt;
import static dev.ratematch.k8s.operator.TwoPools.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.operator.SessionState.Foreign;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What a person has set is respected by the next process too.
class HoldsTest {

    private static final Instant SET = START.minusSeconds(60);
    private static final Map<Role, Foreign> BY_HAND =
            Map.of(Role.DECODE, new Foreign("kubectl", 3, SET));

    private static String memory() {
        return Memory.write(first(TwoPools.of(AUTO)).service(), learnt());
    }

    @Test
    void aRestartGoesOnRespectingACountForTheRestOfItsTime() {
        var stored = status("vllm", Holds.with(memory(), BY_HAND));
        var scene = TwoPools.of(AUTO).stored(stored);
        var held = first(scene);
        assertThat(interlock(held).reason()).isEqualTo(Reason.CONFLICT);
        assertThat(interlock(held).text()).contains("kubectl", "decode to 3");
        assertThat(Objects.requireNonNull(held.from()).calibration())
                .isEqualTo(learnt().calibration());

        var over = go(SessionState.INITIAL, null, scene.at(SET.plus(Guards.CONFLICT_HOLD)));
        assertThat(over.interlock()).isNull();
    }

    @Test
    void whatIsWrittenIsReadAndNothingIsWrittenOfNothing() {
        assertThat(Holds.read(Holds.with(memory(), BY_HAND))).isEqualTo(BY_HAND);
        assertThat(Holds.with(memory(), Map.of())).isEqualTo(memory());
        assertThat(Holds.without(Holds.with(memory(), BY_HAND))).isEqualTo(memory());
    }

    @Test
    void whatCannotBeReadIsNone() {
        assertThat(Holds.read(null)).isEmpty();
        assertThat(Holds.read(memory())).isEmpty();
        assertThat(Holds.read(memory() + "~nonsense")).isEmpty();
        assertThat(Holds.read(memory() + "~bnVsbA==")).isEmpty();
    }
}
