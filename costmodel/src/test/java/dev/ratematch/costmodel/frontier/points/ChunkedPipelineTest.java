package dev.ratematch.costmodel.frontier.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ChunkedPipelineTest {

    private static final Load LONG = Load.of(262_144, 2048);

    /// Linear work and attention of a whole prompt over 1 us and 1e-4 us a unit.
    private static ChunkedPipeline pipe(int stages, int chunk) {
        return ChunkedPipeline.of(
                (c, p) -> (1e-6 * c + 1e-11 * (2 * p + c) * c) / stages, stages, LONG, chunk, 1e-5);
    }

    @Test
    void oneStageAndOneChunkIsPlainPrefill() {
        var plain = ChunkedPipeline.of((c, p) -> c + p, 1, Load.of(100, 10), 100, 0);
        assertThat(plain).isEqualTo(new ChunkedPipeline(100, 100));
    }

    @Test
    void followsTheEquation() {
        var pipe = ChunkedPipeline.of((c, p) -> c + p / 10, 3, Load.of(250, 10), 100, 1);
        double stages = 100 + 110 + 70;
        assertThat(pipe.ftlSeconds()).isCloseTo(stages + 2 * 70 + 5, within(1e-9));
        assertThat(pipe.secondsPerPrompt()).isCloseTo(stages + 3, within(1e-9));
    }

    @Test
    void cutsTheLatencyOfLongPromptsAndKeepsTheirRate() {
        double ftl = Double.MAX_VALUE;
        for (int stages = 1; stages <= 32; stages *= 2) {
            var pipe = pipe(stages, 4096);
            assertThat(pipe.ftlSeconds()).isLessThan(0.7 * ftl);
            assertThat(1 / (stages * pipe.secondsPerPrompt()))
                    .isCloseTo(1 / pipe(1, 4096).secondsPerPrompt(), within(0.05));
            ftl = pipe.ftlSeconds();
        }
    }

    @Test
    void skipsWhatIsCached() {
        var load = new Load(1000, 10, 0.5, 0, 1);
        var pipe = ChunkedPipeline.of((c, p) -> p, 1, load, 250, 0);
        assertThat(pipe.secondsPerPrompt()).isEqualTo(500 + 750);
    }
}
