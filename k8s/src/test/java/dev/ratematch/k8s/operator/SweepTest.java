package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.Marks;
import dev.ratematch.k8s.fleet.TargetException;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Marks that nobody answers for any more are taken off; those of somebody who drains are not.
class SweepTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final Map<String, String> DRAINING =
            Map.of(Api.DRAINING, NOW.toString(), Api.DRAINED_FOR, "llama/uid");

    private final FakeCluster cluster = new FakeCluster();
    private boolean elsewhere;
    private final Sweep sweep = new Sweep(cluster, (_, _) -> elsewhere);

    private static RateMatcher matcher(String mode) {
        return Looks.matcher(Manifests.matcher(mode, 6));
    }

    private Pod marked(Map<String, String> marks) {
        cluster.deploy("prefill", 2);
        return cluster.annotate("prefill-0", marks);
    }

    private void sweepsUp() {
        sweep.run(NOW);
        assertThat(cluster.touched()).containsExactly("recall prefill-0");
    }

    private void leavesAlone() {
        sweep.run(NOW);
        assertThat(cluster.touched()).isEmpty();
    }

    @Test
    void whatARateMatcherDrainsIsLeftAlone() {
        marked(DRAINING);
        cluster.matchers.add(matcher("Auto"));
        leavesAlone();
    }

    @Test
    void ofOneThatIsGoneItIsPutBack() {
        marked(DRAINING);
        sweepsUp();
    }

    @Test
    void ofAnotherOneOfTheSameNameItIsPutBack() {
        marked(DRAINING);
        var next = matcher("Auto");
        next.getMetadata().setUid("another");
        cluster.matchers.add(next);
        sweepsUp();
    }

    @Test
    void ofOneThatOnlyRecommendsItIsPutBack() {
        marked(DRAINING);
        cluster.matchers.add(matcher("Recommend"));
        sweepsUp();
    }

    @Test
    void ofOneThatIsBeingDeletedItIsPutBack() {
        marked(DRAINING);
        var going = matcher("Auto");
        going.getMetadata().setDeletionTimestamp(NOW.toString());
        cluster.matchers.add(going);
        sweepsUp();
    }

    @Test
    void ofOneInAnotherNamespaceItIsPutBack() {
        marked(DRAINING);
        var far = matcher("Auto");
        far.getMetadata().setNamespace("elsewhere");
        cluster.matchers.add(far);
        sweepsUp();
    }

    @Test
    void ofOneThatHasOtherTargetsByNowItIsPutBack() {
        marked(DRAINING);
        cluster.matchers.add(matcher("Auto"));
        elsewhere = true;
        sweepsUp();
    }

    @Test
    void aRemovalThatNeverCameIsForgotten() {
        cluster.matchers.add(matcher("Auto"));
        marked(Map.of(Api.RELEASED, NOW.toString(), Api.DRAINED_FOR, "llama/uid"));
        leavesAlone();
        sweep.run(NOW.plusSeconds(61));
        assertThat(cluster.touched()).containsExactly("recall prefill-0");
    }

    @Test
    void aMarkOfAnEarlierVersionIsLeftToWhoeverIsThere() {
        marked(Map.of(Api.DRAINING, NOW.toString()));
        cluster.matchers.add(matcher("Auto"));
        leavesAlone();
        cluster.matchers.clear();
        sweepsUp();
    }

    @Test
    void aPodThatCannotBeWrittenDoesNotKeepTheOthersOut() {
        marked(DRAINING);
        cluster.annotate("prefill-1", DRAINING);
        cluster.failRecall(new TargetException("Pod prefill-0 cannot be patched: forbidden"));
        leavesAlone();
        cluster.failRecall(null);
        sweep.run(NOW);
        assertThat(cluster.touched()).containsExactly("recall prefill-0", "recall prefill-1");
    }

    @Test
    void theEndOfARateMatcherGivesBackItsOwnAndLetsItGo() {
        marked(DRAINING);
        cluster.annotate(
                "prefill-1", Map.of(Api.DRAINING, NOW.toString(), Api.DRAINED_FOR, "other/uid2"));
        sweep.end(matcher("Auto"));
        assertThat(cluster.writes).containsExactly("recall prefill-0", "let go");
    }

    @Test
    void aPodThatIsDeletedNeedsNothing() {
        var pod = marked(DRAINING);
        assertThat(Marks.marked(pod)).isTrue();
        pod.getMetadata().setDeletionTimestamp(NOW.toString());
        assertThat(Marks.marked(pod)).isFalse();
    }
}
