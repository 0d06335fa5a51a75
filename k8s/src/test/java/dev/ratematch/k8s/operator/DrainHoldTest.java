package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.TargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What a session takes out of routing, it holds its RateMatcher for, and gives back when the move,
/// mode Auto or the right to act ends.
class DrainHoldTest {

    private static final Duration CYCLE = Duration.ofSeconds(20);
    private static final String AUTO =
            Manifests.matcher("Auto", 6).replace("interval: 1s", "interval: 20s");
    private static final String RECOMMEND = AUTO.replace("mode: Auto", "mode: Recommend");

    /// Requests per second that one decode replica cannot carry.
    private static final double MANY = 90;

    private final FakeCluster cluster = new FakeCluster();
    private Session session = session();
    private Instant now = Instant.parse("2026-11-01T00:00:00Z");

    private Session session() {
        return cluster.session(
                (_, _, pools, _, _) -> Looks.reader(pools, () -> MANY),
                Reads.Background.NONE,
                Looks.matcher(AUTO));
    }

    private void run(String yaml) {
        run(Looks.matcher(yaml));
    }

    private void run(RateMatcher matcher) {
        session.run(matcher, now);
        now = now.plus(CYCLE);
    }

    /// Until prefill gives a replica.
    private void drain() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        run(AUTO);
        run(AUTO);
        assertThat(cluster.touched()).contains("drain prefill-0");
    }

    private String conflict() {
        return Objects.requireNonNull(cluster.status().conditions()).stream()
                .filter(c -> c.type().equals("Conflict"))
                .findFirst()
                .orElseThrow()
                .message();
    }

    @Test
    void theFinalizerIsThereBeforeTheFirstPodLeavesRoutingAndGoesWithTheLast() {
        drain();
        assertThat(cluster.writes).containsSubsequence("hold", "drain prefill-0");
        assertThat(cluster.writes).containsOnlyOnce("hold").doesNotContain("let go");
        run(RECOMMEND);

        assertThat(cluster.writes).containsSubsequence("recall prefill-0", "let go");
        int before = cluster.writes.size();
        run(RECOMMEND);
        assertThat(cluster.writes.subList(before, cluster.writes.size())).doesNotContain("let go");
    }

    @Test
    void withoutItNothingIsDrained() {
        cluster.failHold(new TargetException("RateMatcher llama cannot be given the finalizer"));
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        run(AUTO);
        run(AUTO);

        assertThat(cluster.touched()).isEmpty();
        assertThat(cluster.writes).contains("event Warning CommandFailed");
        assertThat(String.join(" ", cluster.told)).contains("finalizer");
    }

    @Test
    void oneThatAnEarlierProcessLeftIsTakenOff() {
        cluster.deploy("prefill", 3);
        cluster.deploy("decode", 3);
        var left = Looks.matcher(AUTO);
        left.getMetadata().setFinalizers(List.of(Api.FINALIZER));
        run(left);

        assertThat(cluster.writes).contains("let go");
    }

    @Test
    void oneThatCannotBeTakenOffIsSaidAndNothingElseStops() {
        drain();
        cluster.failHold(new TargetException("RateMatcher llama cannot be patched"));
        run(RECOMMEND);

        assertThat(cluster.writes).contains("event Warning FinalizerUnwritable");
        assertThat(cluster.status().recommendation()).isNotNull();
    }

    @Test
    void whoeverIsRefusedGivesBackWhatHeDrains() {
        drain();
        cluster.writes.clear();
        run(AUTO.replace("  budget: {gpus: 6}\n", ""));
        assertThat(cluster.touched()).contains("recall prefill-0").noneMatch(DrainHoldTest::drains);

        session = session();
        cluster.writes.clear();
        run(AUTO);
        run(AUTO);
        assertThat(cluster.touched()).contains("drain prefill-0");
        cluster.writes.clear();
        run(AUTO.replace("llama-3.1-70b", "no-such-model"));
        assertThat(cluster.touched()).contains("recall prefill-0");
        assertThat(cluster.writes).contains("let go");
    }

    @Test
    void afterARestartWhoeverOnlyRecommendsGivesBackWhatItDrainedBefore() {
        drain();
        session = session();
        cluster.writes.clear();
        run(RECOMMEND);
        assertThat(cluster.touched()).contains("recall prefill-0");
    }

    @Test
    void whatSomebodyElseDrainsIsNotCalledBack() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        cluster.annotate(
                "prefill-3", Map.of(Api.DRAINING, now.toString(), Api.DRAINED_FOR, "other/uid2"));
        run(RECOMMEND);
        assertThat(cluster.touched()).isEmpty();
    }

    @Test
    void aBudgetThatIsRaisedInTheMiddleOfACutCallsBackAtOnce() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        run(AUTO.replace("gpus: 6", "gpus: 3"));
        assertThat(cluster.touched()).filteredOn(DrainHoldTest::drains).hasSize(3);
        cluster.writes.clear();
        session.run(Looks.matcher(AUTO), now.minus(CYCLE).plusSeconds(1));

        assertThat(cluster.touched()).hasSize(3).allMatch(line -> line.startsWith("recall "));
        assertThat(cluster.writes).contains("event Warning MoveEnded", "let go");
        assertThat(cluster.status().move()).isNull();
    }

    @Test
    void aBudgetThatIsRaisedInPartDrainsOnlyWhatItMust() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        run(AUTO.replace("gpus: 6", "gpus: 3"));
        cluster.writes.clear();
        run(AUTO.replace("gpus: 6", "gpus: 5"));

        assertThat(cluster.touched()).filteredOn(line -> line.startsWith("recall ")).hasSize(3);
        assertThat(cluster.touched()).filteredOn(DrainHoldTest::drains).hasSize(1);
    }

    @Test
    void aBudgetThatIsRaisedBetweenTwoProcessesCallsBackToo() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        run(AUTO.replace("gpus: 6", "gpus: 3"));
        var next = Looks.matcher(AUTO);
        next.setStatus(cluster.status());
        session = session();
        cluster.writes.clear();
        run(next);

        assertThat(cluster.touched()).hasSize(3).allMatch(line -> line.startsWith("recall "));
    }

    @Test
    void aBudgetThatIsLoweredFurtherLetsDrainsGoOn() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        run(AUTO.replace("gpus: 6", "gpus: 4"));
        cluster.writes.clear();
        run(AUTO.replace("gpus: 6", "gpus: 3"));

        assertThat(cluster.touched()).noneMatch(line -> line.startsWith("recall "));
        assertThat(cluster.touched()).filteredOn(DrainHoldTest::drains).hasSize(1);
    }

    @Test
    void aCountThatAPersonSetIsRespectedByTheNextProcess() {
        cluster.deploy("prefill", 4);
        cluster.deploy("decode", 1);
        run(AUTO);
        cluster.deploy("decode", InterlockTest.byHand(2), 2);
        run(AUTO);
        assertThat(conflict()).contains("kubectl", "decode to 2");
        var next = Looks.matcher(AUTO);
        next.setStatus(cluster.status());
        session = session();
        for (int i = 0; i < 3; i++) {
            run(next);
            assertThat(conflict()).contains("kubectl", "decode to 2");
        }
        assertThat(cluster.touched()).isEmpty();
    }

    private static boolean drains(String line) {
        return line.startsWith("drain ");
    }
}
