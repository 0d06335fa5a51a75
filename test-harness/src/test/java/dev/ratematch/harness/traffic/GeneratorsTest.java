package dev.ratematch.harness.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorsTest {

    private static final double OWN = Double.NaN;

    /// Mean, p50, p90, p99, max as published, tokens.
    enum Published {
        CONV("azure-conv", 5.92, 1.34, 15.44, "1203 1016 4075 4122 14050", "201 115 421 598 1000"),
        CODE("azure-code", 3.12, 13.05, 159.82, "2028 1460 5026 7436 7437", "27 13 55 249 1899"),
        MOONCAKE(
                "mooncake",
                3.22,
                7.54,
                2.55,
                "12592 7406 28190 90252 124847",
                "347 356 606 1131 2000"),
        REASONING(
                "reasoning",
                3.75,
                2.86,
                58.51,
                "1314 119 2651 24219 54498",
                "1899 1119 4520 13705 32768");

        final String generator;
        final double perSecond;
        final double dispersion1;
        final double dispersion60;
        final String input;
        final String output;

        Published(
                String generator,
                double perSecond,
                double dispersion1,
                double dispersion60,
                String input,
                String output) {
            this.generator = generator;
            this.perSecond = perSecond;
            this.dispersion1 = dispersion1;
            this.dispersion60 = dispersion60;
            this.input = input;
            this.output = output;
        }
    }

    @ParameterizedTest
    @EnumSource(Published.class)
    void ratesLengthsAndDispersionAreNearThePublishedOnes(Published published) {
        double squared1 = 1;
        double squared60 = 1;
        for (long seed : new long[] {1, 2, 3}) {
            var trace = Generators.generate(published.generator, seed, OWN);
            double rate = trace.requests().size() / trace.seconds();
            double dispersion1 = Dispersion.of(trace, 1);
            double dispersion60 = Dispersion.of(trace, 60);
            assertThat(rate).isCloseTo(published.perSecond, Percentage.withPercentage(6));
            assertNear(published.input, statistics(trace, Request::inputTokens));
            assertNear(published.output, statistics(trace, Request::outputTokens));
            assertThat(dispersion1).isBetween(published.dispersion1 / 2, published.dispersion1 * 2);
            assertThat(dispersion60)
                    .isBetween(published.dispersion60 / 2, published.dispersion60 * 2);
            squared1 *= dispersion1;
            squared60 *= dispersion60;
        }
        // On average over seeds, nearer still.
        assertThat(StrictMath.cbrt(squared1))
                .isBetween(published.dispersion1 / 1.5, published.dispersion1 * 1.5);
        assertThat(StrictMath.cbrt(squared60))
                .isBetween(published.dispersion60 / 1.5, published.dispersion60 * 1.5);
    }

    private static double[] statistics(Trace trace, ToIntFunction<Request> length) {
        int[] sorted = trace.requests().stream().mapToInt(length).sorted().toArray();
        return new double[] {
            Math.rint(Arrays.stream(sorted).average().orElseThrow()),
            sorted[sorted.length / 2],
            sorted[sorted.length * 9 / 10],
            sorted[sorted.length * 99 / 100],
            sorted[sorted.length - 1]
        };
    }

    private static void assertNear(String published, double[] measured) {
        var wanted = Arrays.stream(published.split(" ", -1)).mapToDouble(Double::parseDouble);
        double[] known = wanted.toArray();
        double[] percent = {10, 15, 10, 25};
        for (int i = 0; i < percent.length; i++) {
            assertThat(measured[i])
                    .as("mean, p50, p90, p99 [%d] of %s", i, published)
                    .isCloseTo(known[i], Percentage.withPercentage(percent[i]));
        }
        assertThat(measured[4]).isBetween(known[3], known[4]);
    }

    @Test
    void steadyIsPoissonWithOneLength() {
        var trace = Generators.generate("steady", 7, OWN);
        assertThat(trace.requests())
                .allMatch(r -> r.inputTokens() == 3000 && r.outputTokens() == 250);
        assertThat(Dispersion.of(trace, 1)).isCloseTo(1, within(0.15));
        assertThat(Dispersion.of(trace, 60)).isBetween(0.5, 1.6);
        assertThat(trace.requests().size() / trace.seconds()).isCloseTo(5, within(0.2));
    }

    @Test
    void mooncakeArrivesOnTicksOfThreeSeconds() {
        assertThat(Generators.generate("mooncake", 1, OWN).requests())
                .allMatch(r -> r.arrivalNanos() % 3_000_000_000L == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "azure-conv",
                "azure-code",
                "mooncake",
                "reasoning",
                "steady",
                "phase-inversion"
            })
    void theSameSeedGivesTheSameTraceAndAnotherSeedAnother(String name) {
        var trace = Generators.generate(name, 11, 600);
        assertThat(trace).isEqualTo(Generators.generate(name, 11, 600));
        assertThat(trace.requests()).isNotEqualTo(Generators.generate(name, 12, 600).requests());
        assertThat(trace.name()).isEqualTo(name);
        assertThat(trace.durationNanos()).isEqualTo(600_000_000_000L);
        assertThat(trace.requests().getLast().arrivalNanos()).isLessThan(trace.durationNanos());
        assertThat(Generators.names()).contains(name).hasSize(6);
    }

    @Test
    void phaseInversionTurnsTheRatioOfDemandOver() {
        var trace = Generators.generate("phase-inversion", 3, OWN);
        assertThat(trace.segments())
                .containsExactly(
                        new Segment("prefill-heavy", 0, 1_500_000_000_000L),
                        new Segment("decode-heavy", 1_500_000_000_000L, 3_000_000_000_000L),
                        new Segment("balanced", 3_000_000_000_000L, 4_500_000_000_000L));
        var phases =
                trace.segments().stream()
                        .map(s -> trace.window(s.fromNanos(), s.toNanos()).requests())
                        .toList();
        assertLengths(phases.get(0), 8000, 16000, 30, 60);
        assertLengths(phases.get(1), 300, 800, 2000, 8000);
        assertLengths(phases.get(2), 300, 800, 200, 500);
        double base = phases.get(1).size();
        assertThat(phases.get(0).size() / base).isCloseTo(16, within(2.0));
        assertThat(phases.get(2).size() / base).isCloseTo(4, within(0.6));
    }

    private static void assertLengths(
            List<Request> requests, int minInput, int maxInput, int minOutput, int maxOutput) {
        assertThat(requests)
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.inputTokens()).isBetween(minInput, maxInput))
                .allSatisfy(r -> assertThat(r.outputTokens()).isBetween(minOutput, maxOutput));
    }

    @Test
    void anUnknownNameNamesTheNearestAndABadDurationItsRange() {
        assertThatThrownBy(() -> Generators.generate("azure-cod", 1, OWN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "generator \"azure-cod\" is not known; did you mean \"azure-code\"? Known:"
                                + " azure-conv, azure-code, mooncake, reasoning, steady,"
                                + " phase-inversion.");
        for (double seconds : new double[] {-1, 0, 1e9, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Generators.generate("steady", 1, seconds))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "duration (s) (%s) must be between 60".formatted(seconds));
        }
    }
}
