package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Outstanding;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import dev.ratematch.k8s.fleet.GpuWidth;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetView;
import dev.ratematch.k8s.operator.SessionStep.Go;
import dev.ratematch.k8s.operator.SessionStep.Refused;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a run does, by what was found: values in, values out.
class SessionStepTest {

    private static final int GPUS = 6;
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final String AUTO = Manifests.matcher("Auto", GPUS);
    private static final String RECOMMEND = Manifests.matcher("Recommend", GPUS);
    private static final Calibration LEARNT =
            new Calibration(new Residual(1, 2, 3, 4, 5, 0), Residual.NONE, Residual.NONE, 64_000.0);

    /// A look at two Deployments of one-GPU pods.
    private record Scene(
            String matcher,
            @Nullable RateMatcherStatus status,
            int prefill,
            int decode,
            String decodeTarget,
            @Nullable String autoscaler,
            @Nullable Refusal ungranted,
            int width) {

        static Scene of(String matcher) {
            return new Scene(matcher, null, 4, 1, Manifests.deployment("decode", 1), null, null, 1);
        }

        Scene stored(@Nullable RateMatcherStatus next) {
            return new Scene(
                    matcher, next, prefill, decode, decodeTarget, autoscaler, ungranted, width);
        }

        Scene decode(int replicas, String target) {
            return new Scene(
                    matcher, status, prefill, replicas, target, autoscaler, ungranted, width);
        }

        Scene scaledBy(@Nullable String hpa) {
            return new Scene(matcher, status, prefill, decode, decodeTarget, hpa, ungranted, width);
        }

        Scene ungranted(Refusal why) {
            return new Scene(
                    matcher, status, prefill, decode, decodeTarget, autoscaler, why, width);
        }

        Scene wide(int gpus) {
            return new Scene(
                    matcher, status, prefill, decode, decodeTarget, autoscaler, ungranted, gpus);
        }

        SessionLook at(Instant at) {
            RateMatcher object = Looks.matcher(matcher);
            object.setStatus(status);
            var spec = object.getSpec();
            return new SessionLook(
                    object,
                    spec,
                    pool(
                            new Side(
                                    spec.prefill(),
                                    target(Manifests.deployment("prefill", prefill), prefill),
                                    new GpuWidth(width, "of the test"),
                                    new Routing.None()),
                            prefill,
                            null),
                    pool(
                            new Side(
                                    spec.decode(),
                                    target(decodeTarget, decode),
                                    new GpuWidth(width, "of the test"),
                                    new Routing.None()),
                            decode,
                            autoscaler),
                    spec.accelerator(),
                    ungranted,
                    at);
        }

        private static SessionLook.Pool pool(Side side, int replicas, @Nullable String hpa) {
            return new SessionLook.Pool(side, replicas, replicas * side.width().gpus(), hpa);
        }

        private static TargetView target(String yaml, int replicas) {
            return new TargetView(
                    Serialization.unmarshal(yaml, GenericKubernetesResource.class),
                    replicas,
                    "app=x");
        }
    }

    private static Go go(SessionState before, @Nullable State loop, SessionLook look) {
        assertThat(SessionStep.of(before, loop, look)).isInstanceOf(Go.class);
        return (Go) SessionStep.of(before, loop, look);
    }

    private static Go first(Scene scene) {
        return go(SessionState.INITIAL, null, scene.at(START));
    }

    /// After a run that wrote no count.
    private static SessionState after(Go go, Scene scene) {
        return go.next().left(scene.prefill(), scene.decode());
    }

    private static State learnt() {
        return new State(
                List.of(),
                null,
                null,
                null,
                null,
                null,
                Counts.UNKNOWN,
                null,
                null,
                Outstanding.NONE,
                LEARNT);
    }

    private static RateMatcherStatus status(@Nullable String engine, @Nullable String memory) {
        return new RateMatcherStatus(
                null,
                new Resolved(null, null, null, null, engine, null, null, null, null, null),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                memory,
                null);
    }

    private static Refusal refused(Go go) {
        return Objects.requireNonNull(go.refusal());
    }

    private static Interlock interlock(Go go) {
        return Objects.requireNonNull(go.interlock());
    }

    @Test
    void theFirstRunBeginsAtOnceAndHasEverything() {
        var go = first(Scene.of(AUTO));

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
        assertThat(SessionStep.of(SessionState.INITIAL, null, Scene.of(unknown).at(START)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.refusal().reason()).isEqualTo("SpecInvalid");
                            assertThat(refused.refusal().message()).contains("no-such-model");
                        });
        assertThat(SessionStep.of(SessionState.INITIAL, null, Scene.of(AUTO).wide(0).at(START)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.refusal().reason())
                                        .isEqualTo("GpuWidthUnknown"));
        var nameless = Scene.of(AUTO.replace("  accelerator: b200\n", ""));
        assertThat(SessionStep.of(SessionState.INITIAL, null, nameless.at(START)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.refusal().reason())
                                        .isEqualTo("AcceleratorUnknown"));
        var never = Scene.of(AUTO.replace("interval: 1s", "interval: soon"));
        assertThat(SessionStep.of(SessionState.INITIAL, null, never.at(START)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.refusal().message())
                                        .contains("spec.telemetry.interval", "soon"));
    }

    @Test
    void aRefusedRunKeepsWhatItHadAndWhatItNoticed() {
        var scene = Scene.of(AUTO);
        var before = after(first(scene), scene);
        var byHand = scene.decode(2, byHand(2)).wide(0).at(START.plusSeconds(1));
        var step = SessionStep.of(before, learnt(), byHand);

        assertThat(step).isInstanceOf(Refused.class);
        assertThat(step.next().active()).isEqualTo(before.active());
        assertThat(step.next().foreign()).isNotEmpty();
    }

    @Test
    void autoWithoutABudgetIsRefusedAndStillDecidesAsAdvice() {
        var go = first(Scene.of(AUTO.replace("  budget: {gpus: 6}\n", "")));

        assertThat(refused(go).reason()).isEqualTo("BudgetMissing");
        assertThat(go.acts()).isFalse();
        assertThat(go.advances()).isFalse();
        assertThat(go.due()).isTrue();
    }

    @Test
    void autoIsRefusedWhatThePoolDoesNotGrantAndRecommendIsNot() {
        var why = new Refusal("BudgetNotGranted", "2 are left.");
        assertThat(first(Scene.of(AUTO).ungranted(why)).refusal()).isEqualTo(why);
        assertThat(first(Scene.of(RECOMMEND).ungranted(why)).refusal()).isNull();
    }

    @Test
    void enginesThatAbortOnSigtermAreNotScaled() {
        var scene =
                Scene.of(AUTO)
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
        var scene = Scene.of(AUTO);
        var begun = first(scene);
        var slow = Looks.slowAnswers(Looks.steady(0, 4, 1, 1));
        var go = go(begun.next().saw(slow, null), learnt(), scene.at(START.plusSeconds(1)));

        assertThat(refused(go).message()).contains("longest answers");
    }

    @Test
    void theEndOfAutoRecallsOnceWhatDrains() {
        var auto = Scene.of(AUTO);
        var recommend = Scene.of(RECOMMEND);
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
        var scene = Scene.of(AUTO.replace("interval: 1s", "interval: 30s"));
        var begun = first(scene);
        var between = go(after(begun, scene), learnt(), scene.at(START.plusSeconds(29)));
        var due = go(after(between, scene), learnt(), scene.at(START.plusSeconds(30)));

        assertThat(begun.wait(START, false)).isEqualTo(Duration.ofSeconds(30));
        assertThat(begun.wait(START, true)).isEqualTo(SessionStep.DRAIN_POLL);
        assertThat(between.due()).isFalse();
        assertThat(between.wait(START.plusMillis(29_500), true)).isEqualTo(Duration.ofMillis(500));
        assertThat(due.due()).isTrue();
        var usual = first(Scene.of(AUTO.replace("  telemetry: {interval: 1s}\n", "")));
        assertThat(usual.interval()).isEqualTo(SessionStep.INTERVAL);
    }

    @Test
    void theEngineThatAnEarlierProcessFoundIsTheServicesFromTheFirstLookOn() {
        var go = first(Scene.of(AUTO).stored(status("sglang", null)));

        assertThat(go.service().engine()).isEqualTo("sglang");
    }

    @Test
    void theEngineThatTheFirstLookFindsMakesAnotherServiceAndVoidsWhatWasLearnt() {
        var scene = Scene.of(AUTO);
        var begun = first(scene);
        var saw = begun.next().saw(Looks.steady(0, 4, 1, 1), "sglang");
        var next = go(saw, learnt(), scene.at(START.plusSeconds(1)));

        assertThat(next.service().engine()).isEqualTo("sglang");
        assertThat(Objects.requireNonNull(next.from()).calibration()).isEqualTo(Calibration.NONE);
        assertThat(saw.saw(Looks.steady(1, 4, 1, 1), "vllm").engine()).isEqualTo("sglang");
    }

    @Test
    void aDefaultThatIsFoundToBeTrueChangesNothing() {
        var scene = Scene.of(AUTO);
        var begun = first(scene);
        var saw = begun.next().saw(Looks.steady(0, 4, 1, 1), begun.service().engine());
        var next = go(saw, learnt(), scene.at(START.plusSeconds(1)));

        assertThat(next.from()).isNull();
        assertThat(next.next().active()).isNotEqualTo(begun.next().active());
    }

    @Test
    void anotherBudgetKeepsWhatWasLearntAndAnotherModelDoesNot() {
        var scene = Scene.of(AUTO);
        var before = after(first(scene), scene);
        var at = START.plusSeconds(1);
        var budget = go(before, learnt(), Scene.of(AUTO.replace("gpus: 6", "gpus: 8")).at(at));
        var model =
                go(before, learnt(), Scene.of(AUTO.replace("llama-3.1-70b", "qwen3-32b")).at(at));

        assertThat(budget.service().spec().budgetGpus()).isEqualTo(8);
        assertThat(Objects.requireNonNull(budget.from()).calibration()).isEqualTo(LEARNT);
        assertThat(Objects.requireNonNull(model.from()).calibration()).isEqualTo(Calibration.NONE);
    }

    @Test
    void anotherSourceOfMetricsIsReadAndChangesNothingElse() {
        var scene = Scene.of(AUTO);
        var before = after(first(scene), scene);
        var same = go(before, learnt(), scene.at(START.plusSeconds(1)));
        var slower =
                go(
                        before,
                        learnt(),
                        Scene.of(AUTO.replace("interval: 1s", "interval: 9s"))
                                .at(START.plusSeconds(1)));

        assertThat(same.rereads()).isFalse();
        assertThat(same.from()).isNull();
        assertThat(slower.rereads()).isTrue();
        assertThat(slower.from()).isNull();
    }

    @Test
    void anOpenMoveGoesOnAfterARestart() {
        var scene = Scene.of(AUTO);
        var service = first(scene).service();
        var moving = moving(new Sizes(3, 3));
        var stored = status(service.engine(), Memory.write(service, moving));
        var go = first(scene.stored(stored));

        assertThat(Objects.requireNonNull(go.from()).move()).isEqualTo(moving.move());
        assertThat(go.from().calibration()).isEqualTo(LEARNT);
    }

    @Test
    void anOpenMoveThatTheBudgetNoLongerAllowsIsDropped() {
        var service = first(Scene.of(AUTO)).service();
        var stored = status(service.engine(), Memory.write(service, moving(new Sizes(3, 3))));
        var less = Scene.of(AUTO.replace("gpus: 6", "gpus: 4")).stored(stored);
        var go = first(less);

        assertThat(Objects.requireNonNull(go.from()).move()).isNull();
        assertThat(go.from().calibration()).isEqualTo(LEARNT);
    }

    @Test
    void aMoveUnderWayIsDroppedWhenTheBudgetShrinksUnderIt() {
        var scene = Scene.of(AUTO);
        var before = after(first(scene), scene);
        var less = Scene.of(AUTO.replace("gpus: 6", "gpus: 4")).at(START.plusSeconds(1));
        var go = go(before, moving(new Sizes(3, 3)), less);

        assertThat(Objects.requireNonNull(go.from()).move()).isNull();
    }

    @Test
    void aMemoryThatCannotBeReadIsNone() {
        assertThat(first(Scene.of(AUTO).stored(status(null, "no memory"))).from())
                .isEqualTo(State.INITIAL);
    }

    private static State moving(Sizes to) {
        return new State(
                List.of(),
                null,
                null,
                null,
                null,
                null,
                Counts.of(new Sizes(4, 1)),
                new Move(new Sizes(4, 1), to, Move.Phase.DONOR_DRAINING, 0, 600, null),
                null,
                Outstanding.NONE,
                LEARNT);
    }

    @Test
    void aPauseHoldsAndDrainsNothing() {
        var paused =
                AUTO.replace(
                        "{name: llama}",
                        "{name: llama, annotations: {%s: \"true\"}}".formatted(Api.PAUSED));
        var go = first(Scene.of(paused));

        assertThat(interlock(go).reason()).isEqualTo(Reason.PAUSED);
        assertThat(go.acts()).isTrue();
        assertThat(go.advances()).isFalse();
        assertThat(go.due()).isTrue();
    }

    @Test
    void aCountThatSomebodyElseSetIsRespectedForAWhile() {
        var scene = Scene.of(AUTO);
        var before = after(first(scene), scene);
        var byHand = scene.decode(2, byHand(2));
        var noticed = go(before, learnt(), byHand.at(START.plusSeconds(10)));
        var held =
                go(
                        after(noticed, byHand),
                        learnt(),
                        byHand.at(START.plusSeconds(9).plus(Guards.CONFLICT_HOLD)));
        var over =
                go(
                        after(held, byHand),
                        learnt(),
                        byHand.at(START.plusSeconds(10).plus(Guards.CONFLICT_HOLD)));

        assertThat(interlock(noticed).reason()).isEqualTo(Reason.CONFLICT);
        assertThat(interlock(noticed).text()).contains("kubectl", "decode to 2");
        assertThat(interlock(held).reason()).isEqualTo(Reason.CONFLICT);
        assertThat(over.interlock()).isNull();
        assertThat(over.next().foreign()).isEmpty();
    }

    @Test
    void whatWeWroteIsNoConflictAndNeitherIsAnythingForWhoeverOnlyRecommends() {
        var scene = Scene.of(AUTO);
        var byHand = scene.decode(2, byHand(2));
        var ours = go(after(first(scene), byHand), learnt(), byHand.at(START.plusSeconds(1)));
        var recommend = Scene.of(RECOMMEND);
        var advice =
                go(
                        after(first(recommend), recommend),
                        learnt(),
                        recommend.decode(2, byHand(2)).at(START.plusSeconds(1)));

        assertThat(ours.interlock()).isNull();
        assertThat(advice.interlock()).isNull();
    }

    /// A Deployment whose count `kubectl` owns.
    private static String byHand(int replicas) {
        return Manifests.deployment("decode", replicas)
                .replace(
                        "metadata: {name: decode}",
                        "metadata: {name: decode, managedFields: [{manager: kubectl, fieldsV1:"
                                + " {\"f:spec\": {\"f:replicas\": {}}}}]}");
    }

    @Test
    void anAutoscalerOnATargetIsAConflictForAsLongAsItIsThere() {
        var scene = Scene.of(AUTO);
        var go = first(scene.scaledBy("by-cpu"));

        assertThat(interlock(go).reason()).isEqualTo(Reason.CONFLICT);
        assertThat(interlock(go).text()).contains("by-cpu");
        assertThat(go(after(go, scene), learnt(), scene.at(START.plusSeconds(1))).interlock())
                .isNull();
        assertThat(first(Scene.of(RECOMMEND).scaledBy("by-cpu")).interlock()).isNull();
    }

    @Test
    void aRollOutHoldsTheFleet() {
        var rolling =
                Manifests.deployment("decode", 1) + "status: {replicas: 2, updatedReplicas: 1}\n";
        var go = first(Scene.of(AUTO).decode(1, rolling));

        assertThat(interlock(go).reason()).isEqualTo(Reason.ROLLOUT_IN_PROGRESS);
        assertThat(interlock(go).text()).contains("Deployment/decode");
    }

    @Test
    void withoutABudgetTheMostThatWasHeldIsOne() {
        var scene = Scene.of(RECOMMEND.replace("  budget: {gpus: 6}\n", ""));
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
