package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.TwoPools.AUTO;
import static dev.ratematch.k8s.operator.TwoPools.RECOMMEND;
import static dev.ratematch.k8s.operator.TwoPools.START;
import static dev.ratematch.k8s.operator.TwoPools.after;
import static dev.ratematch.k8s.operator.TwoPools.first;
import static dev.ratematch.k8s.operator.TwoPools.go;
import static dev.ratematch.k8s.operator.TwoPools.learnt;
import static dev.ratematch.k8s.operator.TwoPools.moving;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import dev.ratematch.k8s.api.RateMatcherStatus.ResolvedRole;
import dev.ratematch.k8s.fleet.Ownership;
import dev.ratematch.k8s.operator.SessionStep.Refused;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two RateMatchers on one target or one pod.
class ConflictTest {

    private static final String YOUNG = aged(AUTO, "2026-11-02T00:00:00Z");
    private static final String OLD = "2026-11-01T00:00:00Z";
    private static final String NEW = "2026-11-03T00:00:00Z";

    /// A kind whose pods do not say whose they are.
    private static final String ENGINES = "{apiVersion: test.dev/v1, kind: Engines, name: decode}";

    private static String aged(String yaml, String created) {
        return yaml.replace(
                "{name: llama}", "{name: llama, creationTimestamp: \"%s\"}".formatted(created));
    }

    /// Another one, over the same two Deployments.
    private static RateMatcher rival(String mode, String created) {
        return rival(Manifests.matcher(mode, 6), "second", created);
    }

    private static RateMatcher rival(String yaml, String name, String created) {
        return Looks.matcher(aged(yaml, created).replace("name: llama", "name: " + name));
    }

    /// With decode targets elsewhere, so that only prefill is shared.
    private static String elsewhere(String yaml) {
        return yaml.replace("{name: decode}", "{name: decode-2}");
    }

    private static Neighbours beside(RateMatcher... rivals) {
        return new Neighbours(List.of(rivals), Map.of());
    }

    private static Refused refused(TwoPools scene) {
        return (Refused) SessionStep.of(SessionState.INITIAL, null, scene.at(START));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Auto", "Recommend"})
    void theYoungerIsRefusedWhateverTheModesAndNamesTheOlder(String mode) {
        for (String own : List.of(AUTO, RECOMMEND)) {
            var scene = TwoPools.of(aged(own, NEW)).beside(beside(rival(mode, OLD)));
            var step = refused(scene);

            assertThat(step.refusal().reason()).isEqualTo("Conflict");
            assertThat(step.refusal().message())
                    .contains("llm/second is older", "Deployment/prefill", "delete one of the two");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Auto", "Recommend"})
    void theOlderGoesOnAndNamesTheYounger(String mode) {
        var go = first(TwoPools.of(YOUNG).beside(beside(rival(mode, NEW))));

        assertThat(go.acts()).isTrue();
        assertThat(go.interlock()).isNull();
        assertThat(go.contender())
                .contains("llm/second (Deployment/prefill)", "this one stays active");
    }

    @Test
    void oneSharedTargetIsEnoughAndTheOldestIsNamed() {
        var shared = rival(elsewhere(AUTO), "oldest", OLD);
        var step =
                refused(
                        TwoPools.of(aged(AUTO, NEW))
                                .beside(
                                        beside(
                                                rival("Auto", "2026-11-02T00:00:00Z"),
                                                shared,
                                                rival("Auto", "2026-11-04T00:00:00Z"))));

        assertThat(step.refusal().message()).contains("llm/oldest");
    }

    @Test
    void twoOfOneSecondComeInTheOrderOfTheirNames() {
        var later = rival(AUTO, "zebra", OLD);
        var earlier = rival(AUTO, "alpha", OLD);

        assertThat(first(TwoPools.of(aged(AUTO, OLD)).beside(beside(later))).contender())
                .contains("llm/zebra");
        assertThat(
                        refused(TwoPools.of(aged(AUTO, OLD)).beside(beside(earlier)))
                                .refusal()
                                .message())
                .contains("llm/alpha");
    }

    @Test
    void itselfOtherTargetsAndOtherCountsOfOneObjectAreNoConflict() {
        var other =
                elsewhere(AUTO).replace("{name: prefill}", "{kind: StatefulSet, name: prefill}");
        var go =
                first(
                        TwoPools.of(YOUNG)
                                .beside(
                                        beside(
                                                Looks.matcher(YOUNG),
                                                rival(other, "second", OLD),
                                                rival(other, "third", NEW))));
        assertThat(go.contender()).isNull();
        assertThat(Claim.of(Looks.matcher(byPath("/spec/roles/0/replicas"))))
                .doesNotContainAnyElementsOf(
                        Claim.of(Looks.matcher(byPath("/spec/roles/1/replicas"))));
        assertThat(Claim.of(Looks.matcher(AUTO)))
                .as("/scale of a Deployment is its spec.replicas, whatever the version")
                .isEqualTo(
                        Claim.of(
                                Looks.matcher(
                                        byPath("/spec/replicas")
                                                .replace(
                                                        "{name: prefill}",
                                                        "{apiVersion: apps/v1beta1, name: prefill}"))));
    }

    private static String byPath(String path) {
        return AUTO.replace(
                "    leadTime: 2s", "    replicasPath: %s\n    leadTime: 2s".formatted(path));
    }

    @Test
    void aPodThatBothCountIsAConflictWhereNoOwnerTellsWhoseItIs() {
        String engines = aged(AUTO, NEW).replace("{name: decode}", ENGINES);
        var counted = new Neighbours(List.of(byLabels("app=decode")), decoding());
        var step = refused(TwoPools.of(engines).beside(counted));

        assertThat(step.refusal().reason()).isEqualTo("Conflict");
        assertThat(step.refusal().message()).contains("llm/second", "pod decode-0 (by app=decode)");
        var apart = new Neighbours(List.of(byLabels("app=other")), decoding());
        assertThat(first(TwoPools.of(engines).beside(apart)).contender()).isNull();
        assertThat(first(TwoPools.of(aged(engines, OLD).replace(NEW, OLD)).beside(counted)).acts())
                .as("no selector is compared with one that counts nothing yet")
                .isTrue();
    }

    @Test
    void whereOwnersTellWhoseAPodIsItsTargetsRateMatcherIsNotRefused() {
        var greedy =
                rival(
                        elsewhere(AUTO)
                                .replace("{name: prefill}", "{name: prefill-2}")
                                .replace(
                                        "{name: decode-2}",
                                        "{name: decode-2}\n    selector: app=decode"),
                        "second",
                        OLD);
        var go = first(TwoPools.of(YOUNG).beside(new Neighbours(List.of(greedy), decoding())));

        assertThat(go.acts()).isTrue();
    }

    /// An older one of another kind, which has found by which labels it counts.
    private static RateMatcher byLabels(String selector) {
        var rival =
                rival(
                        AUTO.replace("{name: prefill}", "{name: prefill-2}")
                                .replace("{name: decode}", ENGINES.replace("decode", "decode-2")),
                        "second",
                        OLD);
        var role = new ResolvedRole(selector, 1, null, null, null, null, null);
        rival.setStatus(
                TwoPools.resolved(
                        new Resolved(
                                null, null, null, null, null, null, null, null, null, null, role),
                        null));
        return rival;
    }

    private static Map<Role, Ownership> decoding() {
        return Map.of(Role.DECODE, new Ownership(pods(2), null, 0, false));
    }

    private static List<Pod> pods(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                Serialization.unmarshal(
                                        "metadata: {name: decode-%d, labels: {app: decode}}"
                                                .formatted(i),
                                        Pod.class))
                .toList();
    }

    @Test
    void whoComesIntoAConflictLaterBeginsWithoutTheOldMove() {
        var scene = TwoPools.of(aged(AUTO, NEW));
        var contested = scene.beside(beside(rival("Auto", OLD)));
        var acted = after(first(scene), scene);
        var off = (Refused) SessionStep.of(acted, moving(2, 4), contested.at(START.plusSeconds(1)));
        var still =
                (Refused)
                        SessionStep.of(
                                off.next(), moving(2, 4), contested.at(START.plusSeconds(2)));
        var again = go(still.next(), moving(2, 4), scene.at(START.plusSeconds(3)));
        var on = go(after(again, scene), learnt(), scene.at(START.plusSeconds(4)));

        assertThat(again.ended()).contains("refused meanwhile");
        assertThat(Objects.requireNonNull(again.from()).move()).isNull();
        assertThat(Objects.requireNonNull(again.from()).calibration()).isEqualTo(TwoPools.LEARNT);
        assertThat(again.acts()).isTrue();
        assertThat(on.from()).isNull();
        assertThat(on.ended()).isNull();
    }

    @Test
    void aCountThatTheOtherSetMeanwhileIsNotForeignAfterwards() {
        var scene = TwoPools.of(aged(AUTO, NEW));
        var contested = scene.beside(beside(rival("Auto", OLD)));
        var off = SessionStep.of(after(first(scene), scene), learnt(), contested.at(START));
        var changed = scene.decode(2, InterlockTest.byHand(2)).at(START.plusSeconds(1));

        assertThat(go(off.next(), learnt(), changed).interlock()).isNull();
    }

    @Test
    void aThousandAreFoundByTargetNotByAsking() {
        var self = Looks.matcher(AUTO);
        var asked = new TreeSet<String>();
        var found =
                Rivals.of(
                        self,
                        (index, key) -> {
                            asked.add(index + " " + key);
                            return index.equals("claims") ? List.of(self) : List.of();
                        });

        assertThat(found).containsExactly(self);
        assertThat(asked).hasSize(3).noneMatch(key -> key.startsWith("all"));
        var engines = Looks.matcher(AUTO.replace("{name: decode}", ENGINES));
        assertThat(
                        Rivals.of(
                                engines,
                                (index, _) -> index.equals("all") ? List.of(self) : List.of()))
                .containsExactly(self);
        assertThat(keys("by-labels", engines)).containsExactly("llm");
        assertThat(keys("by-labels", self)).isEmpty();
        assertThat(keys("claims", self)).hasSize(2);
    }

    private static List<String> keys(String index, RateMatcher matcher) {
        return Objects.requireNonNull(Rivals.INDEXERS.get(index)).apply(matcher);
    }
}
