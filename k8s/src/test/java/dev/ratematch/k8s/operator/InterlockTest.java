package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.TwoPools.AUTO;
import static dev.ratematch.k8s.operator.TwoPools.RECOMMEND;
import static dev.ratematch.k8s.operator.TwoPools.START;
import static dev.ratematch.k8s.operator.TwoPools.after;
import static dev.ratematch.k8s.operator.TwoPools.first;
import static dev.ratematch.k8s.operator.TwoPools.go;
import static dev.ratematch.k8s.operator.TwoPools.interlock;
import static dev.ratematch.k8s.operator.TwoPools.learnt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.k8s.api.Api;
import org.junit.jupiter.api.Test;

/// What stands in the way for now, and for how long.
class InterlockTest {

    @Test
    void aPauseHoldsAndDrainsNothing() {
        var paused =
                AUTO.replace(
                        "{name: llama}",
                        "{name: llama, annotations: {%s: \"true\"}}".formatted(Api.PAUSED));
        var go = first(TwoPools.of(paused));

        assertThat(interlock(go).reason()).isEqualTo(Reason.PAUSED);
        assertThat(go.acts()).isTrue();
        assertThat(go.advances()).isFalse();
        assertThat(go.due()).isTrue();
    }

    @Test
    void aCountThatSomebodyElseSetIsRespectedForAWhile() {
        var scene = TwoPools.of(AUTO);
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
        var scene = TwoPools.of(AUTO);
        var byHand = scene.decode(2, byHand(2));
        var ours = go(after(first(scene), byHand), learnt(), byHand.at(START.plusSeconds(1)));
        var recommend = TwoPools.of(RECOMMEND);
        var advice =
                go(
                        after(first(recommend), recommend),
                        learnt(),
                        recommend.decode(2, byHand(2)).at(START.plusSeconds(1)));

        assertThat(ours.interlock()).isNull();
        assertThat(advice.interlock()).isNull();
    }

    /// A second installation over the same namespace writes under our name.
    @Test
    void aCountThatWeDidNotWriteIsAnotherOperatorsThoughItBearsOurName() {
        var scene = TwoPools.of(AUTO);
        var before = after(first(scene), scene);
        var ours = byHand(2).replace("kubectl", Api.FIELD_MANAGER);
        var noticed = go(before, learnt(), scene.decode(2, ours).at(START.plusSeconds(1)));

        assertThat(interlock(noticed).reason()).isEqualTo(Reason.CONFLICT);
        assertThat(interlock(noticed).text())
                .contains("another Ratematch operator set Deployment/decode to 2");
    }

    /// A Deployment whose count `kubectl` owns.
    static String byHand(int replicas) {
        return Manifests.deployment("decode", replicas)
                .replace(
                        "metadata: {name: decode}",
                        "metadata: {name: decode, managedFields: [{manager: kubectl, fieldsV1:"
                                + " {\"f:spec\": {\"f:replicas\": {}}}}]}");
    }

    @Test
    void anAutoscalerOnATargetIsAConflictForAsLongAsItIsThere() {
        var scene = TwoPools.of(AUTO);
        var go = first(scene.scaledBy("by-cpu"));

        assertThat(interlock(go).reason()).isEqualTo(Reason.CONFLICT);
        assertThat(interlock(go).text()).contains("by-cpu");
        assertThat(go(after(go, scene), learnt(), scene.at(START.plusSeconds(1))).interlock())
                .isNull();
        assertThat(first(TwoPools.of(RECOMMEND).scaledBy("by-cpu")).interlock()).isNull();
    }

    @Test
    void aRollOutHoldsTheFleet() {
        var rolling =
                Manifests.deployment("decode", 1) + "status: {replicas: 2, updatedReplicas: 1}\n";
        var go = first(TwoPools.of(AUTO).decode(1, rolling));

        assertThat(interlock(go).reason()).isEqualTo(Reason.ROLLOUT_IN_PROGRESS);
        assertThat(interlock(go).text()).contains("Deployment/decode");
    }
}
