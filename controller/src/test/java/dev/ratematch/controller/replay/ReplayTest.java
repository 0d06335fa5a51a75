package dev.ratematch.controller.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.host.JsonLinesJournal;
import dev.ratematch.controller.host.Lines;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.host.SnapshotJson;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Flow;
import dev.ratematch.controller.observe.Occupancy;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Resolution;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.Tuning;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private static final long SEED = 7;
    static final Service SERVICE =
            ServiceFactory.create(
                    ServiceRequest.builder("llama-3.1-70b", "b200", new Slo(2.3, 0.0301, 95), 16)
                            .precision("nvfp4")
                            .build());

    private static Reading any(Random random) {
        double value = Math.scalb(random.nextDouble(), random.nextInt(60) - 30);
        return switch (random.nextInt(5)) {
            case 0 -> new Reading.NoTraffic();
            case 1 -> new Reading.Unknown("no \"series\" of pod " + random.nextInt());
            case 2 -> new Reading.Stale(value);
            case 3 -> new Reading.Value(value, random.nextDouble());
            default -> Reading.of(random.nextBoolean() ? value : -0.0);
        };
    }

    private static PoolReading pool(Random r) {
        return new PoolReading(
                any(r),
                any(r),
                any(r),
                any(r),
                any(r),
                any(r),
                any(r),
                any(r),
                any(r),
                any(r),
                any(r),
                any(r),
                new Occupancy(any(r), 1 + r.nextInt(9)),
                r.nextInt(3));
    }

    private static @Nullable Bucket bucket(Random r) {
        return r.nextBoolean()
                ? null
                : new Bucket(r.nextDouble(), r.nextBoolean() ? 1 : Double.POSITIVE_INFINITY, 3);
    }

    private static Flow flow(Random r) {
        var kinds = Flow.Kind.values();
        var notes = new ArrayList<Flow.Note>();
        for (int i = r.nextInt(3); i > 0; i--) {
            notes.add(new Flow.Note(kinds[r.nextInt(kinds.length)], r.nextBoolean(), "why ü"));
        }
        return r.nextBoolean()
                ? Flow.NONE
                : new Flow(any(r), any(r), any(r), 1 + r.nextDouble(), notes);
    }

    private static Snapshot snapshot(Random r) {
        var buckets = new ArrayList<Bucket>();
        for (int i = r.nextInt(4); i > 0; i--) {
            buckets.add(new Bucket(r.nextDouble(), Double.POSITIVE_INFINITY, r.nextDouble()));
        }
        return new Snapshot(
                r.nextDouble(1e9),
                any(r),
                pool(r),
                pool(r),
                new TrafficReading(
                        any(r),
                        r.nextBoolean(),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        any(r),
                        buckets,
                        flow(r),
                        new Resolution(bucket(r), bucket(r))),
                r.nextBoolean() ? List.of() : List.of("a ü warning\n", ""));
    }

    @Test
    void everySnapshotComesBackExactly() throws Exception {
        var random = new Random(SEED);
        for (int i = 0; i < 2000; i++) {
            var snapshot = snapshot(random);
            var text = SnapshotJson.write(snapshot).toString();
            assertThat(SnapshotJson.read(new ObjectMapper().readTree(text)))
                    .as("seed %d, snapshot %d", SEED, i)
                    .isEqualTo(snapshot);
        }
    }

    /// A fleet of one and one under a load that grows, every half minute.
    static Snapshot growing(int cycle) {
        var base = PoolReading.unknown("not exposed");
        var one = Reading.of(1);
        var none = Reading.of(0);
        var u = base.queuedTokens();
        var pool = new PoolReading(one, one, none, none, none, none, none, u, one, none, u, u);
        var arrived = Reading.of(300 + 40.7 * cycle);
        return new Snapshot(
                30 * (cycle + 1),
                Reading.of(30),
                pool,
                pool,
                new TrafficReading(
                        arrived,
                        false,
                        arrived,
                        none,
                        Reading.of(3000.1),
                        u,
                        u,
                        Reading.of(250),
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of()),
                List.of());
    }

    /// A fleet that takes no orders, so that errors are in the journal.
    private static final class Refusing implements Fleet {
        @Override
        public FleetCounts counts(Role role) {
            throw new IllegalStateException("forbidden");
        }

        @Override
        public void scale(Role role, int replicas) {}
    }

    private static List<String> recorded() {
        var written = new StringWriter();
        try (var journal = new JsonLinesJournal(Lines.to(written), _ -> {})) {
            var loop = ControlLoop.of(SERVICE, State.INITIAL, new Refusing(), journal);
            for (int cycle = 0; cycle < 20; cycle++) {
                var lock = cycle < 8 ? new Interlock(Reason.PAUSED, "Paused.") : null;
                loop.decide(growing(cycle), new Orders(Conduct.CONTROL, lock));
            }
            loop.resume(SERVICE, loop.state());
            for (int cycle = 20; cycle < 40; cycle++) {
                loop.decide(growing(cycle), Orders.ADVICE);
            }
        }
        return written.toString().lines().toList();
    }

    private static Replayed replayed(Replay replay) {
        recorded().forEach(replay::line);
        return replay.end();
    }

    @Test
    void controlAndAdviceUnderTwoServiceLinesComeOutAsRecorded() {
        assertThat(recorded()).anyMatch(line -> line.contains("\"decision\":\"resize\""));
        var replayed = replayed(new Replay());
        assertThat(replayed.first()).isNull();
        assertThat(replayed.notes()).isEmpty();
        assertThat(replayed.cycles()).isEqualTo(40);
    }

    @Test
    void anotherConstantIsFoundWithItsLine() {
        var usual = Tuning.DEFAULT;
        var other = usual.with(Option.DEMAND_MARGIN, 2 * usual.demandMargin());
        var replayed = replayed(new Replay(r -> ServiceFactory.create(r, other), _ -> {}));
        assertThat(replayed.identical()).isFalse();
        var first = Objects.requireNonNull(replayed.first());
        assertThat(first.line()).isBetween(2L, 21L);
        assertThat(first.atSeconds()).isEqualTo(30.0 * (first.line() - 1));
        assertThat(first.field()).isNotEmpty();
        assertThat(first.recorded()).isNotEqualTo(first.replayed());
    }
}
