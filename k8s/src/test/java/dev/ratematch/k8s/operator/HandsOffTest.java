package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a session does, and leaves alone, when the fleet is not its own; on a cluster in memory.
class HandsOffTest {

    private static final int GPUS = 6;
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final Duration CYCLE = Duration.ofSeconds(30);

    /// Requests per second that one decode replica cannot carry.
    private static final double MANY = 90;

    private final FakeCluster cluster = new FakeCluster();
    private final Session session =
            cluster.session(
                    (_, _, pools, _, _) -> Looks.reader(pools, () -> MANY),
                    Reads.Background.NONE,
                    matcher("Auto"));
    private Instant now = START;

    private static RateMatcher matcher(String mode, String name, String created) {
        return Looks.matcher(
                Manifests.matcher(mode, GPUS)
                        .replace("interval: 1s", "interval: 30s")
                        .replace(
                                "{name: llama}",
                                "{name: %s, creationTimestamp: \"%s\"}".formatted(name, created)));
    }

    private static RateMatcher matcher(String mode) {
        return matcher(mode, "llama", "2026-11-02T00:00:00Z");
    }

    private static RateMatcher older() {
        return matcher("Recommend", "older", "2026-11-01T00:00:00Z");
    }

    private void run(String mode) {
        session.run(matcher(mode), now);
        now = now.plus(CYCLE);
    }

    private void deployed() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
    }

    private Condition condition(String type) {
        return Objects.requireNonNull(cluster.status().conditions()).stream()
                .filter(c -> c.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Auto", "Recommend"})
    void theYoungerTouchesNothingPlansNothingAndSaysItOnce(String mode) {
        deployed();
        cluster.rivals.add(older());
        for (int i = 0; i < 4; i++) {
            run(mode);
        }

        assertThat(cluster.touched()).isEmpty();
        assertThat(cluster.writes).containsExactly("event Warning Conflict", "status");
        assertThat(cluster.status().recommendation()).isNull();
        assertThat(condition("ScalingActive").reason()).isEqualTo("Conflict");
        assertThat(condition("Conflict").status()).isEqualTo("True");
        assertThat(condition("Conflict").reason()).isEqualTo("OlderRateMatcher");
        assertThat(condition("Conflict").message()).contains("llm/older");
    }

    @Test
    void theGatesOfPodsThatAnOlderOneHasAreItsToOpen() {
        cluster.deploy("prefill", 1);
        cluster.deploy(
                "decode",
                Manifests.deployment("decode", 1)
                        .replace(
                                "    spec:\n",
                                "    spec:\n      readinessGates: [{conditionType: %s}]\n"
                                        .formatted(Api.SERVING_GATE)),
                1);
        cluster.report("decode-0", "conditions: [{type: Ready, status: 'False'}]");
        cluster.rivals.add(older());
        run("Recommend");
        assertThat(cluster.touched()).isEmpty();

        cluster.rivals.clear();
        run("Recommend");
        assertThat(cluster.touched()).containsExactly("open decode-0");
    }

    @Test
    void theOlderActsWarnsOnceAndNamesTheYoungerForAsLongAsItIsThere() {
        deployed();
        cluster.rivals.add(matcher("Auto", "younger", "2026-11-03T00:00:00Z"));
        for (int i = 0; i < 4; i++) {
            run("Auto");
        }

        assertThat(cluster.touched()).contains("drain prefill-0");
        assertThat(Collections.frequency(cluster.writes, "event Warning Conflict")).isEqualTo(1);
        assertThat(condition("ScalingActive").reason()).isEqualTo("Auto");
        assertThat(condition("Conflict").reason()).isEqualTo("YoungerRateMatcher");
        assertThat(condition("Conflict").message()).contains("llm/younger");
        cluster.rivals.clear();
        run("Auto");
        assertThat(condition("Conflict").status()).isEqualTo("False");
    }

    @Test
    void whatDrainedWhenAnOlderOneCameServesAgainAndIsNotRecalledTwice() {
        deployed();
        run("Auto");
        run("Auto");
        assertThat(cluster.touched()).contains("drain prefill-0");
        cluster.writes.clear();
        cluster.rivals.add(older());
        run("Auto");
        assertThat(cluster.touched())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("recall prefill-"));
        cluster.writes.clear();
        run("Auto");
        session.abandon();

        assertThat(cluster.touched()).isEmpty();
    }

    @Test
    void onPodsOfOthersNothingIsPlannedUntilTheyAreGone() {
        deployed();
        for (int i = 0; i < 6; i++) {
            cluster.stray("stray-" + i, "decode");
        }
        run("Auto");
        run("Auto");

        assertThat(cluster.touched()).isEmpty();
        assertThat(cluster.status().recommendation()).isNull();
        assertThat(condition("ScalingActive").reason()).isEqualTo("SelectorMatchesOthers");
        assertThat(condition("ScalingActive").message())
                .contains("app=decode", "pod stray-0", "belongs to nothing (6 such pods)");
        for (int i = 0; i < 6; i++) {
            cluster.lose("stray-" + i);
        }
        run("Auto");
        run("Auto");
        assertThat(cluster.touched()).isNotEmpty();
    }

    /// A proposed move begins once somebody follows it, decision 0008.
    @Test
    void inModeRecommendNoMoveIsOpenThatNobodyHasBegun() {
        deployed();
        for (int i = 0; i < 10; i++) {
            run("Recommend");
            assertThat(cluster.status().move()).isNull();
        }
        assertThat(cluster.status().nextMove()).isNotNull();
        assertThat(cluster.touched()).isEmpty();
    }

    @Test
    void withoutTheRightToWriteAutoAdvisesAndBeginsNothing() {
        deployed();
        cluster.denied = "patch deployments/scale (decode) in llm";
        for (int i = 0; i < 4; i++) {
            run("Auto");
            assertThat(cluster.status().move()).isNull();
        }

        assertThat(cluster.touched()).isEmpty();
        assertThat(condition("ScalingActive").reason()).isEqualTo("NotPermitted");
        assertThat(condition("ScalingActive").message())
                .contains("may not patch deployments/scale (decode) in llm", "mode Recommend");
        assertThat(Objects.requireNonNull(cluster.status().recommendation()).reason())
                .isEqualTo("REBALANCE");
        cluster.denied = null;
        run("Auto");
        assertThat(cluster.touched()).contains("drain prefill-0");
    }

    @Test
    void aRaceThatIsLostSaysSoAndOverwritesNothing() {
        cluster.deploy("prefill", 2);
        cluster.deploy("decode", 1);
        cluster.beforeWrite = () -> cluster.scaleByHand("decode", 7);
        run("Auto");
        run("Auto");

        assertThat(cluster.replicas("decode")).isEqualTo(7);
        assertThat(condition("ScalingActive").message())
                .contains("Lost the race for Deployment/decode", "nothing was overwritten");
    }
}
