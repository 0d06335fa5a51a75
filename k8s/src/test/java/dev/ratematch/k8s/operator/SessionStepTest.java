package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.TwoPools.AUTO;
import static dev.ratematch.k8s.operator.TwoPools.GPUS;
import static dev.ratematch.k8s.operator.TwoPools.LEARNT;
import static dev.ratematch.k8s.operator.TwoPools.RECOMMEND;
import static dev.ratematch.k8s.operator.TwoPools.START;
import static dev.ratematch.k8s.operator.TwoPools.after;
import static dev.ratematch.k8s.operator.TwoPools.first;
import static dev.ratematch.k8s.operator.TwoPools.go;
import static dev.ratematch.k8s.operator.TwoPools.learnt;
import static dev.ratematch.k8s.operator.TwoPools.refused;
import static dev.ratematch.k8s.operator.TwoPools.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.operator.SessionStep.Refused;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What a run does, by what was found: values in, values out.
class SessionStepTest {

    @Test
    void theFirstRunBeginsAtOnceAndHasEverything() {
        var go = first(TwoPools.of(AUTO));

        assertThat(go.acts()).isTrue();
        assertThat(go.due()).isTrue();
        assertThat(go.rereads()).isTrue();
        assertThat(go.from()).isEqualTo(State.INITIAL);
        assertThat(go.advances()).isTrue();
        assertThat(go.recalls()).isFalse();
        assertThat(go.interlock()).isNull();
        assertThat(go.service().spec().budgetGpus()).isEqualTo(GPUS);
    }

    @Test
    void whatCannotBeWorkedWithIsRefusedByName() {
        var unknown = AUTO.replace("llama-3.1-70b", "no-such-model");
        assertThat(SessionStep.of(SessionState.INITIAL, null, TwoPools.of(unknown).at(START)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.refusal().reason()).isEqualTo("SpecInvalid");
                            assertThat(refused.refusal().message()).contains("no-such-model");
                        });
        assertThat(SessionStep.of(SessionState.INITIAL, null, TwoPools.of(AUTO).wide(0).at(START)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.refusal().reason())
                                        .isEqualTo("GpuWidthUnknown"));
        var nameless = TwoPools.of(AUTO.replace("  accelerator: b200\n", ""));
        assertThat(SessionStep.of(SessionState.INITIAL, null, nameless.at(START)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.refusal().reason())
                                        .isEqualTo("AcceleratorUnknown"));
        var never = TwoPools.of(AUTO.replace("interval: 1s", "interval: soon"));
        assertThat(SessionStep.of(SessionState.INITIAL, null, never.at(START)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.refusal().message())
                                        .contains("spec.telemetry.interval", "soon"));
    }

    @Test
    void aRefusedRunKeepsWhatItHadAndWhatItNoticed() {
        var scene = TwoPools.of(AUTO);
        var before = after(first(scene), scene);
        var byHand = scene.decode(2, InterlockTest.byHand(2)).wide(0).at(START.plusSeconds(1));
        var step = SessionStep.of(before, learnt(), byHand);

        assertThat(step).isInstanceOf(Refused.class);
        assertThat(step.next().active()).isEqualTo(before.active());
        assertThat(step.next().foreign()).isNotEmpty();
    }

    @Test
    void autoWithoutABudgetIsRefusedAndStillDecidesAsAdvice() {
        var go = first(TwoPools.of(AUTO.replace("  budget: {gpus: 6}\n", "")));

        assertThat(refused(go).reason()).isEqualTo("BudgetMissing");
        assertThat(go.acts()).isFalse();
        assertThat(go.advances()).isFalse();
        assertThat(go.due()).isTrue();
    }

    @Test
    void autoIsRefusedWhatThePoolDoesNotGrantAndRecommendIsNot() {
        var why = new Refusal("BudgetNotGranted", "2 are left.");
        assertThat(first(TwoPools.of(AUTO).ungranted(why)).refusal()).isEqualTo(why);
        assertThat(first(TwoPools.of(RECOMMEND).ungranted(why)).refusal()).isNull();
    }

    @Test
    void enginesThatAbortOnSigtermAreNotScaled() {
        var scene =
                TwoPools.of(AUTO)
                        .decode(
                                1,
                                Manifests.deployment("decode", 1)
                                        .replace("--shutdown-timeout=100", "--port=8000"));
        var go = first(scene);

        assertThat(refused(go).reason()).isEqualTo("GracePeriodTooShort");
        assertThat(refused(go).message()).startsWith("decode");
        assertThat(go.acts()).isFalse();
    }

    @Test
    void answersThatOutlastTheShutDownAreARefusalOnceTheyAreSeen() {
        var scene = TwoPools.of(AUTO);
        var begun = first(scene);
        var slow = Looks.slowAnswers(Looks.steady(0, 4, 1, 1));
        var go = go(begun.next().saw(slow, null), learnt(), scene.at(START.plusSeconds(1)));

        assertThat(refused(go).message()).contains("longest answers");
    }

    @Test
    void theEndOfAutoRecallsOnceWhatDrains() {
        var auto = TwoPools.of(AUTO);
        var recommend = TwoPools.of(RECOMMEND);
        var acted = first(auto);
        var ended = go(after(acted, auto), learnt(), recommend.at(START.plusSeconds(1)));
        var later = go(after(ended, recommend), learnt(), recommend.at(START.plusSeconds(2)));
        var again = go(after(later, recommend), learnt(), auto.at(START.plusSeconds(3)));

        assertThat(ended.recalls()).isTrue();
        assertThat(ended.acts()).isFalse();
        assertThat(ended.advances()).isFalse();
        assertThat(ended.from()).isNull();
        assertThat(later.recalls()).isFalse();
        assertThat(again.recalls()).isFalse();
        assertThat(again.acts()).isTrue();
    }

    @Test
    void decidesOnceAnIntervalAndLooksAfterDrainsInBetween() {
        var scene = TwoPools.of(AUTO.replace("interval: 1s", "interval: 30s"));
        var begun = first(scene);
        var between = go(after(begun, scene), learnt(), scene.at(START.plusSeconds(29)));
        var due = go(after(between, scene), learnt(), scene.at(START.plusSeconds(30)));

        assertThat(begun.untilNext(START, false)).isEqualTo(Duration.ofSeconds(30));
        assertThat(begun.untilNext(START, true)).isEqualTo(SessionStep.DRAIN_POLL);
        assertThat(between.due()).isFalse();
        assertThat(between.untilNext(START.plusMillis(29_500), true))
                .isEqualTo(Duration.ofMillis(500));
        assertThat(due.due()).isTrue();
        var usual = first(TwoPools.of(AUTO.replace("  telemetry: {interval: 1s}\n", "")));
        assertThat(usual.interval()).isEqualTo(SessionStep.INTERVAL);
    }

    @Test
    void theEngineThatAnEarlierProcessFoundIsTheServicesFromTheFirstLookOn() {
        var go = first(TwoPools.of(AUTO).stored(status("sglang", null)));

        assertThat(go.service().engine()).isEqualTo("sglang");
    }

    @Test
    void theEngineThatTheFirstLookFindsMakesAnotherServiceAndVoidsWhatWasLearnt() {
        var scene = TwoPools.of(AUTO);
        var begun = first(scene);
        var saw = begun.next().saw(Looks.steady(0, 4, 1, 1), "sglang");
        var next = go(saw, learnt(), scene.at(START.plusSeconds(1)));

        assertThat(next.service().engine()).isEqualTo("sglang");
        assertThat(Objects.requireNonNull(next.from()).calibration()).isEqualTo(Calibration.NONE);
        assertThat(saw.saw(Looks.steady(1, 4, 1, 1), "vllm").engine()).isEqualTo("sglang");
    }

    @Test
    void aDefaultThatIsFoundToBeTrueChangesNothing() {
        var scene = TwoPools.of(AUTO);
        var begun = first(scene);
        var saw = begun.next().saw(Looks.steady(0, 4, 1, 1), begun.service().engine());
        var next = go(saw, learnt(), scene.at(START.plusSeconds(1)));

        assertThat(next.from()).isNull();
        assertThat(next.next().active()).isNotEqualTo(begun.next().active());
    }

    @Test
    void anotherBudgetKeepsWhatWasLearntAndAnotherModelDoesNot() {
        var scene = TwoPools.of(AUTO);
        var before = after(first(scene), scene);
        var at = START.plusSeconds(1);
        var budget = go(before, learnt(), TwoPools.of(AUTO.replace("gpus: 6", "gpus: 8")).at(at));
        var model =
                go(
                        before,
                        learnt(),
                        TwoPools.of(AUTO.replace("llama-3.1-70b", "qwen3-32b")).at(at));

        assertThat(budget.service().spec().budgetGpus()).isEqualTo(8);
        assertThat(Objects.requireNonNull(budget.from()).calibration()).isEqualTo(LEARNT);
        assertThat(Objects.requireNonNull(model.from()).calibration()).isEqualTo(Calibration.NONE);
    }

    @Test
    void anotherSourceOfMetricsIsReadAndChangesNothingElse() {
        var scene = TwoPools.of(AUTO);
        var before = after(first(scene), scene);
        var same = go(before, learnt(), scene.at(START.plusSeconds(1)));
        var slower =
                go(
                        before,
                        learnt(),
                        TwoPools.of(AUTO.replace("interval: 1s", "interval: 9s"))
                                .at(START.plusSeconds(1)));

        assertThat(same.rereads()).isFalse();
        assertThat(same.from()).isNull();
        assertThat(slower.rereads()).isTrue();
        assertThat(slower.from()).isNull();
    }

    @Test
    void withoutABudgetTheMostThatWasHeldIsOne() {
        var scene = TwoPools.of(RECOMMEND.replace("  budget: {gpus: 6}\n", ""));
        var begun = first(scene);
        var fewer = scene.decode(0, Manifests.deployment("decode", 0));
        var next = go(after(begun, fewer), learnt(), fewer.at(START.plusSeconds(1)));

        assertThat(begun.service().spec().budgetGpus()).isEqualTo(5);
        assertThat(next.service().spec().budgetGpus()).isEqualTo(5);
        assertThat(next.next().replicas())
                .isEqualTo(
                        Map.of(
                                Role.PREFILL, 4,
                                Role.DECODE, 0));
    }
}
