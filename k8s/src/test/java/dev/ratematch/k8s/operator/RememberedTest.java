package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.SessionRig.matcher;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.RateMatcherStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where the next start finds what this one knows, and what becomes of it where that is gone.
class RememberedTest {

    private final SessionRig rig = new SessionRig();

    private void begun() {
        rig.deployed(5, 1).run("Auto");
        rig.run("Auto");
        assertThat(rig.cluster.status().move()).isNotNull();
    }

    @Test
    void itIsKeptBeforeTheStatusSaysItAndBeforeATargetIsTouched() {
        begun();

        assertThat(rig.cluster.writes).containsSubsequence("memory", "status", "drain prefill-0");
        assertThat(rig.cluster.status().memory()).isNull();
    }

    @Test
    void whatCannotBeKeptIsNotDoneAndSaid() {
        rig.deployed(5, 1).run("Auto");
        rig.cluster.failKeep(new RefusedException("MemoryForbidden", "ConfigMap x: forbidden."));
        rig.run("Auto");

        assertThat(rig.cluster.touched()).isEmpty();
        assertThat(rig.condition("Ready").reason()).isEqualTo("MemoryForbidden");
        assertThat(rig.cluster.writes).contains("event Warning MemoryForbidden");
    }

    @Test
    void aNewProcessGoesOnWithTheOpenMove() {
        begun();
        var move = rig.cluster.status().move();
        var next = rig.restarted("Auto");
        rig.run(next);

        assertThat(Objects.requireNonNull(rig.cluster.status().move()).startedAt())
                .isEqualTo(Objects.requireNonNull(move).startedAt());
        assertThat(rig.cluster.writes).noneMatch(line -> line.contains("MemoryLost"));
    }

    @Test
    void whatAnEarlierVersionKeptInTheStatusIsTakenOver() {
        begun();
        var move = rig.cluster.status().move();
        var old = old(rig.cluster.status(), rig.cluster.memory());
        rig.cluster.forget();
        var next = rig.restarted("Auto");
        next.setStatus(old);
        // A refusal first: nothing may be lost by it.
        var prefill = rig.cluster.replicas("prefill");
        rig.cluster.remove("decode");
        rig.run(next);
        assertThat(rig.cluster.status().memory()).isEqualTo(old.memory());
        rig.deployed(prefill, 1);
        rig.run(next);

        assertThat(Objects.requireNonNull(rig.cluster.status().move()).startedAt())
                .isEqualTo(Objects.requireNonNull(move).startedAt());
        assertThat(rig.cluster.memory()).isNotNull();
        assertThat(rig.cluster.status().memory()).isNull();
        assertThat(rig.cluster.writes).noneMatch(line -> line.contains("MemoryLost"));
    }

    @Test
    void oneThatIsLostIsAFreshStartAndIsSaid() {
        begun();
        rig.cluster.forget();
        var next = rig.restarted("Auto");
        rig.run(next);

        assertThat(rig.cluster.writes).contains("event Warning MemoryLost");
        assertThat(String.join("\n", rig.cluster.told))
                .contains("ConfigMap ratematch-uid is gone", "the open move from 5P1D to ");
        assertThat(rig.cluster.status().move()).isNull();
        assertThat(rig.cluster.memory()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 21})
    void oneThatIsLostWhileItRunsIsMadeAnewAndSaidOnce(int quiet) {
        rig.rate = 10;
        rig.deployed(2, 2);
        for (int i = 0; i < 3 + quiet; i++) {
            rig.run("Recommend");
        }
        rig.cluster.forget();
        for (int i = 0; i < 25; i++) {
            rig.run("Recommend");
        }

        assertThat(rig.cluster.memory()).isNotNull();
        assertThat(rig.cluster.writes.stream().filter("event Warning MemoryLost"::equals))
                .hasSize(1);
        assertThat(String.join("\n", rig.cluster.told))
                .contains("ConfigMap ratematch-uid was deleted; it is created again");
    }

    @Test
    void whoHasNeverRunHasLostNothing() {
        rig.deployed(3, 3).run(matcher("Auto"));

        assertThat(rig.cluster.writes).noneMatch(line -> line.contains("MemoryLost"));
    }

    /// A status as an earlier version wrote it.
    static RateMatcherStatus old(RateMatcherStatus now, @Nullable String memory) {
        return new RateMatcherStatus(
                now.observedGeneration(),
                null,
                now.resolved(),
                now.observed(),
                now.recommendation(),
                now.limitingRole(),
                now.binding(),
                now.unservedPercent(),
                now.lossToOptimumPercent(),
                now.pools(),
                now.pastSaving(),
                now.nextMove(),
                now.guards(),
                now.move(),
                now.switches(),
                now.promises(),
                memory,
                now.conditions());
    }
}
