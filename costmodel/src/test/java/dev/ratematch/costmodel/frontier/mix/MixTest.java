package dev.ratematch.costmodel.frontier.mix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MixTest {

    private static final WorkerRate FAST = new WorkerRate("tp2", 2, 7);
    private static final WorkerRate SLOW = new WorkerRate("tp1", 1, 3);

    private static Mix mix(List<Mix.Count> prefill, List<Mix.Count> decode) {
        return new Mix(prefill, decode, sum(prefill), sum(decode), 30, 16);
    }

    private static double sum(List<Mix.Count> pool) {
        return pool.stream().mapToDouble(c -> c.replicas() * c.worker().requestsPerSecond()).sum();
    }

    @Test
    void withoutOneEngineTheRestOfItsPoolSetsThePaceOrTheOther() {
        var mix = mix(List.of(new Mix.Count(SLOW, 5)), List.of(new Mix.Count(FAST, 3)));
        assertThat(mix.servedRequestsPerSecond()).isEqualTo(15);
        assertThat(mix.servedWithoutOnePrefill()).isEqualTo(12);
        assertThat(mix.servedWithoutOneDecode()).isEqualTo(14);
        assertThat(mix.servedWithoutOne()).isEqualTo(12);
        var spare = mix(List.of(new Mix.Count(SLOW, 5)), List.of(new Mix.Count(FAST, 4)));
        assertThat(spare.servedWithoutOneDecode()).isEqualTo(15);
    }

    @Test
    void ofSeveralShapesTheOneThatCarriesMostIsLost() {
        var pool = List.of(new Mix.Count(SLOW, 2), new Mix.Count(FAST, 1));
        assertThat(mix(pool, List.of(new Mix.Count(FAST, 3))).servedWithoutOnePrefill())
                .isEqualTo(6);
    }

    @Test
    void withoutTheOnlyEngineOfARoleNothingIsServed() {
        var mix = mix(List.of(new Mix.Count(SLOW, 5)), List.of(new Mix.Count(FAST, 1)));
        assertThat(mix.servedWithoutOneDecode()).isZero();
    }
}
