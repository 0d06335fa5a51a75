package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherStatus.Promises;
import dev.ratematch.k8s.fleet.TargetException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What a session gathers and carries out, and in which order, on a cluster in memory.
class SessionTest {

    private static final int GPUS = 6;
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final Duration CYCLE = Duration.ofSeconds(30);

    /// Requests per second that one decode replica cannot carry.
    private static final double MANY = 90;

    private final FakeCluster cluster = new FakeCluster();
    private Reads.Background background = Reads.Background.NONE;
    private SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Session session = session();
    private Instant now = START;
    private double rate = MANY;
    private double scrapeAge;
    private boolean readable = true;
    private int readers;
    private String engine = "vllm";

    private Session session() {
        registry = new SimpleMeterRegistry();
        return cluster.session(this::reader, background, matcher("Auto"), registry);
    }

    private Sources.Reader reader(
            RateMatcher matcher,
            RateMatcherSpec spec,
            SeenPools fleet,
            double percentile,
            double intervalSeconds) {
        readers++;
        if (!readable) {
            throw new RefusedException("SecretMissing", "Secret token does not exist.");
        }
        return new Sources.Reader(
                at ->
                        Looks.snapshot(
                                at,
                                fleet.counts(Role.PREFILL),
                                fleet.counts(Role.DECODE),
                                rate,
                                scrapeAge),
                () -> Map.of("decode-0", detection(engine)),
                _ -> List.of());
    }

    private static Detection detection(String engine) {
        return new Detection(
                Catalogue.shipped().dialects().stream()
                        .filter(dialect -> dialect.name().equals(engine))
                        .toList(),
                "");
    }

    private static String yaml(String mode) {
        return Manifests.matcher(mode, GPUS).replace("interval: 1s", "interval: 30s");
    }

    private static RateMatcher matcher(String mode) {
        return Looks.matcher(yaml(mode));
    }

    /// One run, and then time until the next cycle.
    private Duration run(RateMatcher matcher) {
        try {
            return session.run(matcher, now);
        } finally {
            now = now.plus(CYCLE);
        }
    }

    /// Until the first plan has been made and its move has begun.
    private void begin(String mode) {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        run(matcher(mode));
        run(matcher(mode));
    }

    private Condition condition(String type) {
        return Objects.requireNonNull(cluster.status().conditions()).stream()
                .filter(c -> c.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theDecisionIsInTheStatusBeforeTheFirstTargetIsTouched() {
        begin("Auto");
        assertThat(cluster.touched()).isNotEmpty();
        int touched = cluster.writes.indexOf(cluster.touched().getFirst());
        assertThat(cluster.writes.subList(0, touched)).endsWith("status", "hold");
        assertThat(Objects.requireNonNull(cluster.status().move()).from()).isEqualTo("5P1D");
        assertThat(cluster.memory()).isNotNull();
        assertThat(cluster.status().memory()).isNull();
        assertThat(cluster.writes)
                .containsSubsequence("status", "drain prefill-0", "event Normal Rebalance");
    }

    @Test
    void whatCannotBeWrittenDownIsNotDone() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        run(matcher("Auto"));
        cluster.failStatus(new IllegalStateException("the API server is away"));

        assertThatThrownBy(() -> run(matcher("Auto"))).hasMessageContaining("is away");
        assertThat(cluster.touched()).isEmpty();
    }

    @Test
    void recommendSaysTheSameAndTouchesNothing() {
        begin("Recommend");

        assertThat(cluster.touched()).isEmpty();
        assertThat(Objects.requireNonNull(cluster.status().recommendation()).reason())
                .isEqualTo("REBALANCE");
        assertThat(Objects.requireNonNull(cluster.status().nextMove()).from()).isEqualTo("5P1D");
        assertThat(condition("ScalingActive").reason()).isEqualTo("Recommend");
    }

    @Test
    void aLookThatFindsNothingNewWritesNothing() {
        rate = 5;
        cluster.deploy("prefill", 3);
        cluster.deploy("decode", 3);
        run(matcher("Auto"));
        run(matcher("Auto"));
        scrapeAge = 1 + CYCLE.toSeconds();
        run(matcher("Auto"));
        int before = cluster.writes.size();
        scrapeAge += CYCLE.toSeconds();
        run(matcher("Auto"));

        assertThat(cluster.writes).hasSize(before);
    }

    @Test
    void betweenTwoDecisionsNothingIsDecided() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        session.run(matcher("Auto"), START);
        int before = cluster.writes.size();

        assertThat(session.run(matcher("Auto"), START.plusSeconds(20)))
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(cluster.writes).hasSize(before);
    }

    @Test
    void theEndOfAutoPutsBackWhatDrains() {
        begin("Auto");
        assertThat(cluster.touched()).contains("drain prefill-0");
        cluster.writes.clear();
        run(matcher("Recommend"));

        assertThat(cluster.touched())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("recall prefill-"));
    }

    @Test
    void aRecallThatFailsIsTriedAgain() {
        begin("Auto");
        cluster.failRecall(new TargetException("Pod prefill-0 cannot be patched"));
        run(matcher("Recommend"));
        assertThat(condition("ScalingActive").reason()).isEqualTo("TargetUnreadable");
        cluster.failRecall(null);
        cluster.writes.clear();
        run(matcher("Recommend"));

        assertThat(cluster.touched()).contains("recall prefill-0");
    }

    @Test
    void whoIsDeletedInTheMiddleOfAMoveGivesBackWhatDrains() {
        begin("Auto");
        cluster.writes.clear();
        session.abandon();

        assertThat(cluster.touched()).contains("recall prefill-0");
    }

    @Test
    void anotherProcessGoesOnWithTheOpenMove() {
        begin("Auto");
        var move = Objects.requireNonNull(cluster.status().move());
        var next = matcher("Auto");
        next.setStatus(cluster.status());
        session = session();
        run(next);

        assertThat(Objects.requireNonNull(cluster.status().move()).to()).isEqualTo(move.to());
        assertThat(Objects.requireNonNull(cluster.status().move()).startedAt())
                .isEqualTo(move.startedAt());
        assertThat(condition("SloReachable").status()).isNotEqualTo("Unknown");
    }

    @Test
    void aMoveThatTheNewBudgetForbidsEndsAndIsSaid() {
        begin("Auto");
        var open = Objects.requireNonNull(cluster.status().move());
        var promise = Looks.matcher(yaml("Auto").replace("itl: 20ms", "itl: 19ms"));
        run(promise);
        assertThat(Objects.requireNonNull(cluster.status().move()).startedAt())
                .isEqualTo(open.startedAt());
        assertThat(cluster.writes).noneMatch(line -> line.contains("MoveEnded"));
        run(Looks.matcher(yaml("Auto").replace("gpus: 6", "gpus: 3")));

        assertThat(cluster.writes).contains("event Warning MoveEnded");
    }

    @Test
    void whatCameOfARecommendationIsInTheStatusAndTheLastOneOutlivesTheProcess() {
        cluster.deploy("prefill", 1);
        cluster.deploy("decode", 1);
        run(matcher("Recommend"));
        run(matcher("Recommend"));
        assertThat(promises().settled()).isZero();
        assertThat(promises().last()).isNull();
        var wanted = Objects.requireNonNull(cluster.status().recommendation());
        cluster.deploy("prefill", Objects.requireNonNull(wanted.prefillReplicasAtEnd()));
        cluster.deploy("decode", Objects.requireNonNull(wanted.decodeReplicasAtEnd()));
        for (int i = 0; i < 3; i++) {
            run(matcher("Recommend"));
        }

        var since = promises().since();
        var last = Objects.requireNonNull(promises().last());
        assertThat(promises().settled()).isEqualTo(1);
        assertThat(last.ratio()).isEqualTo(wanted.ratio());
        assertThat(last.windows()).isEqualTo(2);
        assertThat(registry.get("ratematch.promise.settled.recommendations").gauge().value())
                .isEqualTo(1);
        var next = matcher("Recommend");
        next.setStatus(cluster.status());
        session = session();
        run(next);
        assertThat(promises().settled()).isZero();
        assertThat(promises().since()).isNotEqualTo(since);
        assertThat(promises().last()).isEqualTo(last);
    }

    private Promises promises() {
        return Objects.requireNonNull(cluster.status().promises());
    }

    @Test
    void aTargetThatIsNotThereIsARefusalThatKeepsWhatWasKnown() {
        begin("Recommend");
        var known = cluster.status();
        cluster.remove("decode");
        var wait = run(matcher("Recommend"));

        assertThat(wait).isEqualTo(SessionStep.INTERVAL);
        assertThat(condition("ScalingActive").reason()).isEqualTo("TargetUnreadable");
        assertThat(condition("ScalingActive").message()).contains("Deployment/decode");
        assertThat(cluster.status().pools()).isEqualTo(known.pools());
    }

    @Test
    void aSpecWithoutAFieldIsNamedByIt() {
        var older =
                Looks.matcher(
                        Manifests.matcher("Auto", GPUS)
                                .replace("  slo: {ttft: 1s, itl: 20ms}\n", ""));
        run(older);

        assertThat(condition("ScalingActive").message()).contains("spec.slo is missing");
        assertThat(cluster.writes).containsExactly("event Warning SpecInvalid", "status");
    }

    @Test
    void theSameRefusalIsSaidOnce() {
        run(matcher("Auto"));
        run(matcher("Auto"));

        assertThat(cluster.writes).containsExactly("event Warning TargetUnreadable", "status");
    }

    @Test
    void aSourceThatCannotBeUsedIsTriedAgainAndNothingHasBegun() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        engine = "none that is known";
        readable = false;
        run(matcher("Auto"));
        assertThat(condition("ScalingActive").reason()).isEqualTo("SecretMissing");
        readable = true;
        run(matcher("Auto"));

        assertThat(condition("ScalingActive").reason()).isEqualTo("Auto");
        assertThat(readers).isEqualTo(2);
        run(matcher("Auto"));
        assertThat(readers).isEqualTo(2);
    }

    @Test
    void theEngineThatIsFoundIsTheServicesFromTheNextRunOn() {
        engine = "sglang";
        rate = 5;
        cluster.deploy("prefill", 3);
        cluster.deploy("decode", 3);
        run(matcher("Auto"));
        var resolved = Objects.requireNonNull(cluster.status().resolved());
        assertThat(resolved.engine()).isEqualTo("vllm");
        assertThat(resolved.precisionFrom()).isEqualTo("precision");
        run(matcher("Auto"));
        assertThat(Objects.requireNonNull(cluster.status().resolved()).engine())
                .isEqualTo("sglang");
        assertThat(readers).isEqualTo(1);
    }

    @Test
    void aPauseShowsWhatWouldBeDone() {
        cluster.deploy("prefill", 5);
        cluster.deploy("decode", 1);
        var paused = matcher("Auto");
        paused.getMetadata().setAnnotations(Map.of(Api.PAUSED, "true"));
        run(paused);
        run(paused);

        assertThat(cluster.touched()).isEmpty();
        assertThat(condition("ScalingActive").reason()).isEqualTo("Paused");
        assertThat(Objects.requireNonNull(cluster.status().nextMove()).heldBackBy())
                .isEqualTo("PAUSED");
        run(matcher("Auto"));
        assertThat(cluster.touched()).isNotEmpty();
    }

    @Test
    void ourOwnWritesAreNoConflict() {
        cluster.deploy("prefill", 2);
        cluster.deploy("decode", 1);
        for (int i = 0; i < 3; i++) {
            run(matcher("Auto"));
            assertThat(condition("Conflict").status()).isEqualTo("False");
        }
        assertThat(cluster.touched()).anyMatch(line -> line.startsWith("scale decode 1 -> "));
        assertThat(cluster.replicas("decode")).isGreaterThan(1);
    }

    @Test
    void anAutoscalerIsNamedAndNothingIsTouched() {
        cluster.autoscalers.put("decode", "by-cpu");
        begin("Auto");

        assertThat(condition("Conflict").message()).contains("by-cpu");
        assertThat(cluster.touched()).isEmpty();
        assertThat(cluster.writes).contains("event Warning Conflict");
    }

    @Test
    void podsOfThePoolsConcernItAndOthersDoNot() {
        assertThat(session.concerns(Map.of("app", "decode"))).isFalse();
        begin("Recommend");

        assertThat(session.concerns(Map.of("app", "decode"))).isTrue();
        assertThat(session.concerns(Map.of("app", "other"))).isFalse();
        assertThat(List.of("prefill")).allMatch(app -> session.concerns(Map.of("app", app)));
    }
}
