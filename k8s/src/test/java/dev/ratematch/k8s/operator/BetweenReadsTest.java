package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/// A session never waits for its source, and decides in between on what the cluster tells. Reads
/// end here when the test wants it.
class BetweenReadsTest {

    private static final int GPUS = 6;
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /// Requests per second that one decode replica cannot carry.
    private static final double MANY = 90;

    private static final double FEW = 5;

    private final FakeCluster cluster = new FakeCluster();
    private final Queue<Runnable> reads = new ArrayDeque<>();
    private int ended;
    private double rate = FEW;
    private boolean broken;
    private Instant now = START;
    private final Session session =
            cluster.session(
                    (_, _, pools, _, _) -> reader(pools),
                    new Reads.Background(reads::add, () -> ended++),
                    matcher("Auto"));

    private Sources.Reader reader(SeenPools pools) {
        return broken
                ? new Sources.Reader(
                        at -> {
                            throw new IllegalStateException("never asked");
                        },
                        () -> {
                            throw new IllegalArgumentException("such engines are not known");
                        },
                        _ -> List.of())
                : Looks.reader(pools, () -> rate);
    }

    private static RateMatcher matcher(String mode) {
        return matcher(mode, GPUS);
    }

    private static RateMatcher matcher(String mode, int gpus) {
        var matcher =
                Looks.matcher(
                        Manifests.matcher(mode, gpus).replace("interval: 1s", "interval: 30s"));
        matcher.getMetadata().setGeneration((long) gpus);
        return matcher;
    }

    private Duration run(RateMatcher matcher, int afterSeconds) {
        now = now.plusSeconds(afterSeconds);
        return session.run(matcher, now);
    }

    /// A run that begins a read, its end, and the run that this calls for.
    private void cycle(RateMatcher matcher) {
        run(matcher, (int) INTERVAL.toSeconds());
        Objects.requireNonNull(reads.poll(), "a read").run();
        run(matcher, 0);
    }

    private Condition condition(String type) {
        return Objects.requireNonNull(cluster.status().conditions()).stream()
                .filter(c -> c.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRunGoesOnWhileItsSourceThinks() {
        cluster.deploy("prefill", 3);
        cluster.deploy("decode", 3);
        run(matcher("Auto"), 0);
        assertThat(reads).hasSize(1);
        assertThat(cluster.writes).isEmpty();
        run(matcher("Auto"), 30);
        assertThat(reads).as("one at a time").hasSize(1);
        assertThat(cluster.writes).isEmpty();

        Objects.requireNonNull(reads.poll()).run();
        assertThat(ended).isEqualTo(1);
        run(matcher("Auto"), 1);
        assertThat(condition("TelemetryFresh").status()).isEqualTo("True");
        assertThat(Objects.requireNonNull(cluster.status().observed()).requestsPerSecond())
                .isEqualTo(FEW);
        assertThat(reads).as("read again when the interval is over").isEmpty();
    }

    @Test
    void aReadThatEndsWithAFaultOfOursIsUnknownAndNotSilence() {
        broken = true;
        cluster.deploy("prefill", 3);
        cluster.deploy("decode", 3);
        for (int i = 0; i < 4; i++) {
            cycle(matcher("Auto"));
        }

        assertThat(condition("TelemetryFresh").status()).isEqualTo("False");
        assertThat(condition("TelemetryFresh").message()).contains("such engines are not known");
    }

    @Test
    void aSourceThatTakesFarTooLongIsUnknown() {
        cluster.deploy("prefill", 3);
        cluster.deploy("decode", 3);
        cycle(matcher("Auto"));
        run(matcher("Auto"), 30);
        run(matcher("Auto"), 30);
        assertThat(condition("TelemetryFresh").status()).isEqualTo("True");
        run(matcher("Auto"), 30);

        assertThat(condition("TelemetryFresh").status()).isEqualTo("False");
        assertThat(condition("TelemetryFresh").message()).contains("not answered for 60 s");
        assertThat(reads).hasSize(1);
    }

    @Test
    void aReceiverThatBecomesReadyIsTheNextStepWithoutAnyRead() {
        rate = MANY;
        cluster.deploy("prefill", 2);
        cluster.deploy("decode", 1);
        cycle(matcher("Auto"));
        cycle(matcher("Auto"));
        int wanted = cluster.replicas("decode");
        assertThat(wanted).isGreaterThan(1);
        assertThat(cluster.status().move()).isNotNull();
        run(matcher("Auto"), 1);
        int before = cluster.writes.size();
        run(matcher("Auto"), 1);
        assertThat(cluster.writes).as("nothing new, nothing said").hasSize(before);

        cluster.deploy("decode", wanted);
        run(matcher("Auto"), 1);
        assertThat(reads).isEmpty();
        assertThat(cluster.status().move()).isNull();
    }

    @Test
    void aPodThatIsGoneIsSeenAtOnceAndTelemetryStaysFresh() {
        cluster.deploy("prefill", 3);
        cluster.deploy("decode", 3);
        cycle(matcher("Auto"));
        cycle(matcher("Auto"));
        cluster.lose("decode-1");
        run(matcher("Auto"), 1);

        var decode =
                Objects.requireNonNull(
                        Objects.requireNonNull(cluster.status().observed()).decode());
        assertThat(decode.ready()).isEqualTo(2);
        assertThat(condition("TelemetryFresh").status()).isEqualTo("True");
        assertThat(reads).isEmpty();
    }

    @Test
    void anotherBudgetIsDecidedOnAtOnce() {
        rate = MANY;
        cluster.deploy("prefill", 2);
        cluster.deploy("decode", 4);
        cycle(matcher("Recommend"));
        cycle(matcher("Recommend"));
        run(matcher("Recommend", 8), 1);

        assertThat(reads).isEmpty();
        var said = Objects.requireNonNull(cluster.status().recommendation());
        assertThat(said.reason()).isNotIn("WARMING_UP", "TELEMETRY_UNKNOWN");
        assertThat(Objects.requireNonNull(cluster.status().resolved()).budgetGpus()).isEqualTo(8);
    }

    @Test
    void anotherSourceIsReadAtOnceAndTheFormerOneNotWaitedFor() {
        cluster.deploy("prefill", 3);
        cluster.deploy("decode", 3);
        run(matcher("Auto"), 0);
        var slower =
                Looks.matcher(
                        Manifests.matcher("Auto", GPUS).replace("interval: 1s", "interval: 9s"));
        run(slower, 1);

        assertThat(reads).hasSize(2);
    }
}
