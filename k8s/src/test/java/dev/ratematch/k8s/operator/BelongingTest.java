package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.TwoPools.AUTO;
import static dev.ratematch.k8s.operator.TwoPools.RECOMMEND;
import static dev.ratematch.k8s.operator.TwoPools.START;
import static dev.ratematch.k8s.operator.TwoPools.after;
import static dev.ratematch.k8s.operator.TwoPools.first;
import static dev.ratematch.k8s.operator.TwoPools.learnt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.fleet.Ownership;
import dev.ratematch.k8s.fleet.Ownership.Stranger;
import dev.ratematch.k8s.operator.SessionStep.Refused;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pods that a role counts and that are not its target's.
class BelongingTest {

    private static List<Pod> pods(String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                Serialization.unmarshal(
                                        "metadata: {name: %s-%d}\nspec: {nodeName: a}"
                                                .formatted(name, i),
                                        Pod.class))
                .toList();
    }

    private static Ownership own(String name, int count, boolean byLabels) {
        return new Ownership(pods(name, count), null, 0, byLabels);
    }

    private static TwoPools with(TwoPools scene, Ownership prefill, Ownership decode) {
        return scene.beside(
                new Neighbours(List.of(), Map.of(Role.PREFILL, prefill, Role.DECODE, decode)));
    }

    private static SessionStep step(TwoPools scene) {
        return SessionStep.of(SessionState.INITIAL, null, scene.at(START));
    }

    private static Refusal refusal(SessionStep step) {
        return ((Refused) step).refusal();
    }

    @Test
    void aForeignPodIsRefusedInEitherModeByTheNameOfPodOwnerAndSelector() {
        var strange =
                new Ownership(
                        pods("prefill", 4),
                        new Stranger("decode-0", "Deployment/decode"),
                        3,
                        false);
        for (String mode : List.of(AUTO, RECOMMEND)) {
            var said = refusal(step(with(TwoPools.of(mode), strange, Ownership.NONE)));
            assertThat(said.reason()).isEqualTo("SelectorMatchesOthers");
            assertThat(said.message())
                    .contains("Deployment/prefill", "app=x", "pod decode-0")
                    .contains("Deployment/decode (3 such pods)", "spec.prefill.selector");
        }
    }

    @Test
    void whatDrainsServesAgainOnceTheCountsCannotBeTrusted() {
        var scene = TwoPools.of(AUTO);
        var strange = new Ownership(List.of(), new Stranger("a", "nothing"), 1, false);
        var step =
                SessionStep.of(
                        after(first(scene), scene),
                        learnt(),
                        with(scene, Ownership.NONE, strange).at(START.plusSeconds(1)));

        assertThat(step.next().acted()).isFalse();
    }

    @Test
    void onePodInBothRolesIsRefused() {
        var said = refusal(step(with(TwoPools.of(AUTO), own("x", 4, true), own("x", 1, true))));

        assertThat(said.reason()).isEqualTo("SelectorMatchesOthers");
        assertThat(said.message()).contains("both roles", "pod x-0", "app=x");
    }

    /// Four are wanted; a quarter more may be there while pods are replaced.
    @ParameterizedTest
    @CsvSource({"4, true, false", "5, true, false", "6, true, true", "6, false, false"})
    void moreReplicasThanTheTargetHasAreRefusedWhereOnlyLabelsTell(
            int there, boolean byLabels, boolean refused) {
        var scene =
                with(TwoPools.of(AUTO), own("prefill", there, byLabels), own("decode", 1, true));
        var step = step(scene);

        assertThat(step instanceof Refused).isEqualTo(refused);
        if (refused) {
            assertThat(refusal(step).message())
                    .contains("matches 6 replicas", "prefill-5", "where it has 4");
        }
    }

    @Test
    void aCountThatWasJustLoweredHasAMinuteToBeFollowed() {
        var scene =
                with(
                        TwoPools.of(AUTO).decode(1, lowered(START.minusSeconds(59))),
                        Ownership.NONE,
                        own("decode", 4, true));

        assertThat(step(scene)).isInstanceOf(SessionStep.Go.class);
        assertThat(step(scene.decode(1, lowered(START.minusSeconds(60)))))
                .isInstanceOf(Refused.class);
    }

    private static String lowered(Instant at) {
        return Manifests.deployment("decode", 1)
                .replace(
                        "metadata: {name: decode}",
                        ("metadata: {name: decode, managedFields: [{manager: ratematch, time:"
                                        + " \"%s\", fieldsV1: {\"f:spec\": {\"f:replicas\": {}}}}]}")
                                .formatted(at));
    }

    @Test
    void podsThatOnlyLabelsTellAreSaidToBeSo() {
        var scene =
                with(TwoPools.of(AUTO), own("prefill", 4, false), own("decode", 1, true)).at(START);

        assertThat(Belonging.note(scene, Role.PREFILL)).isNull();
        assertThat(Belonging.note(scene, Role.DECODE)).contains("Deployment/decode", "app=x");
    }
}
