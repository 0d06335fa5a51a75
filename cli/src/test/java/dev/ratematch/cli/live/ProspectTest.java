package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.advice.AdviceJson;
import dev.ratematch.controller.advice.AdviceText;
import dev.ratematch.controller.advice.Prospect;
import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.core.Confidence;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.recommend.Recommender;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.Behavior;
import dev.ratematch.controller.spec.Behavior.Direction;
import dev.ratematch.controller.spec.Behavior.Rules;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.text.Look;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is said about one cycle, from made-up snapshots.
class ProspectTest {

    private static final Service SERVICE =
            ServiceFactory.create(
                    ServiceRequest.builder("llama-3.1-70b", "b200", new Slo(2, 0.012, 95), 16)
                            .precision("nvfp4")
                            .build());

    private static PoolReading pool(int replicas, double running) {
        return pool(replicas, running, 0);
    }

    private static PoolReading pool(int replicas, double running, double queued) {
        var u = new Reading.Unknown("not given");
        var n = Reading.of(replicas);
        return new PoolReading(
                n,
                n,
                Reading.of(0),
                u,
                u,
                u,
                Reading.of(queued),
                u,
                Reading.of(running),
                u,
                Reading.of(0.1),
                u);
    }

    private static Snapshot snapshot(int at, int prefill, int decode, double arrived) {
        var u = new Reading.Unknown("not given");
        return new Snapshot(
                at,
                Reading.of(30),
                pool(prefill, 1),
                pool(decode, 60),
                new TrafficReading(
                        Reading.of(arrived),
                        true,
                        u,
                        u,
                        Reading.of(500),
                        u,
                        u,
                        Reading.of(850),
                        u,
                        u,
                        u,
                        Reading.of(0.012),
                        u,
                        u,
                        u,
                        u,
                        u,
                        u,
                        List.of()),
                List.of());
    }

    private static Round after(int cycles, int prefill, int decode, double arrived) {
        return after(SERVICE, cycles, prefill, decode, arrived);
    }

    private static Round after(
            Service service, int cycles, int prefill, int decode, double arrived) {
        var journal = new ArrayList<JournalEntry>();
        var recommender = new Recommender(service, journal::add);
        for (int i = 1; i < cycles; i++) {
            recommender.remember(snapshot(30 * i, prefill, decode, arrived));
        }
        var round = recommender.advise(snapshot(30 * cycles, prefill, decode, arrived), null);
        assertThat(journal).hasSize(cycles);
        return round;
    }

    @Test
    void adviceIsNoWiderThanTheTerminalAndItsLineIsOne() {
        var round = after(12, 3, 3, 60);
        for (int columns : new int[] {80, 120, 160, 200}) {
            var look = new Look(columns, false);
            assertThat(AdviceText.of(round, look).lines())
                    .allMatch(line -> line.length() <= columns);
            assertThat(AdviceText.heading(SERVICE, "Prometheus at http://localhost:9090", look))
                    .satisfies(
                            text ->
                                    assertThat(text.lines())
                                            .allMatch(line -> line.length() <= columns));
            assertThat(AdviceText.brief(round, look))
                    .hasSizeLessThanOrEqualTo(columns)
                    .containsPattern(
                            "^[0-9:]{8}Z  (stay at 3P3D|.* instead of 3P3D)  .* req/s  TTFT ");
        }
        assertThat(AdviceText.of(round, new Look(80, true))).contains("\033[32mRecommendation: ");
        assertThat(AdviceText.of(round, Look.PLAIN)).doesNotContain("\033");
    }

    @Test
    void anAnswerIsTheSameWhereTheSameIsToBeDoneForTheSameReason() {
        assertThat(AdviceText.alike(after(12, 3, 3, 60), after(12, 3, 3, 61))).isTrue();
        assertThat(AdviceText.alike(after(12, 3, 3, 60), after(12, 3, 1, 600))).isFalse();
    }

    @Test
    void whatIsPastSavingIsToldWithWhatToDoAndNothingIsSaidWithoutAQueue() {
        var recommender = new Recommender(SERVICE, _ -> {});
        recommender.remember(queued(30));

        assertThat(AdviceText.of(recommender.advise(queued(60), null), Look.PLAIN))
                .contains(
                        "2,000 of 2,000 waiting requests are past saving: a gateway deadline of 2 s");
        assertThat(AdviceText.of(after(2, 3, 3, 60), Look.PLAIN)).doesNotContain("past saving");
    }

    private static Snapshot queued(int at) {
        var seen = snapshot(at, 3, 3, 60);
        return new Snapshot(
                at,
                seen.windowSeconds(),
                pool(3, 1, 2000),
                seen.decode(),
                seen.traffic(),
                seen.warnings());
    }

    @Test
    void whatIsShortIsToldToGrowWithItsGain() {
        var round = after(6, 14, 1, 3000);

        assertThat(round.tells()).isTrue();
        assertThat(Prospect.recommendation(round)).matches("\\d+P\\d+D instead of 14P1D");
        assertThat(Prospect.gain(round)).contains(" of the planned demand instead of ", "more");
        assertThat(Prospect.next(round))
                .matches(
                        "set prefill to \\d and decode to \\d+ now.* continue to \\dP1\\dD when the replicas that"
                                + " leave have drained.*");
        assertThat(Prospect.changes(round)).startsWith("above ").contains("(now 100.00)");
        assertThat(round.confidence().because())
                .anyMatch(b -> b.contains("the rate is a lower bound"));
    }

    @Test
    void whatSufficesStaysAndSaysWhatLessWouldDo() {
        var round = after(4, 3, 3, 60);

        assertThat(Prospect.recommendation(round)).isEqualTo("stay at 3P3D");
        assertThat(Prospect.gain(round)).startsWith("no change: 3P3D carries 100 %");
        assertThat(Prospect.next(round)).startsWith("scale down once");
        assertThat(Prospect.changes(round))
                .contains(" is enough, and is recommended once it has been for 300 s");
    }

    /// The same service, with windows of its roles before GPUs are given back, seconds.
    private static Service waiting(@Nullable Integer prefill, @Nullable Integer decode) {
        var behavior = new Behavior(waiting(prefill), waiting(decode));
        return ServiceFactory.create(
                SERVICE.request().controlled(null, Tuning.DEFAULT.with(behavior)));
    }

    private static Rules waiting(@Nullable Integer seconds) {
        return new Rules(Direction.FREE, new Direction(seconds, List.of(), Behavior.Select.MAX, 0));
    }

    @Test
    void theWindowIsThatOfTheRoleThatWouldGive() {
        // What carries most with one replica less gives a prefill replica here.
        assertThat(Prospect.changes(after(waiting(1200, 900), 4, 3, 3, 60)))
                .contains(
                        "a smaller fleet is enough, and is recommended once it has been for 1200 s");
        assertThat(Prospect.changes(after(waiting(900, 1200), 4, 3, 3, 60)))
                .contains(
                        "a smaller fleet is enough, and is recommended once it has been for 900 s");
        // Prefill is bound by its own window and gives nothing yet; decode is held by the usual
        // one.
        assertThat(Prospect.next(after(waiting(1200, null), 4, 3, 3, 60)))
                .endsWith("has been enough for 300 s");
    }

    @Test
    void beforeTwoWindowsNothingIsTold() {
        var round = after(1, 3, 3, 60);

        assertThat(round.tells()).isFalse();
        assertThat(Prospect.recommendation(round)).isEqualTo("cannot tell");
        assertThat(Prospect.gain(round)).isNull();
        assertThat(round.confidence().level()).isEqualTo(Confidence.Level.LOW);
        assertThat(AdviceText.reasons(round).getFirst())
                .startsWith("No recommendation: One consistent window so far");
        var node = AdviceJson.of(round);
        assertThat(node.get("model").isNull()).isTrue();
        assertThat(node.at("/observed/ttft_ms_mean").isNull()).isTrue();
    }
}
