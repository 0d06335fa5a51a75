package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;
import dev.ratematch.costmodel.units.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Seeded traffic shaped like known traces, from their published statistics alone: rate, quantiles
/// of lengths, dispersion of counts. Input and output lengths are drawn independently, as the
/// correlation in those traces is weak (at most 0.15). The same name, seed and duration give the
/// same trace.
public final class Generators {

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final double DURATION_MIN_SECONDS = 60;
    private static final double DURATION_MAX_SECONDS = 7 * 86_400.0;

    /// Traffic of one kind.
    ///
    /// @param name of the segment; empty where the trace has but one kind
    /// @param perSecond mean rate, requests per second
    /// @param tickSeconds arrivals are rounded down to this; 0 for not at all
    private record Kind(
            String name,
            double perSecond,
            Intensity intensity,
            int tickSeconds,
            Lengths input,
            Lengths output) {}

    /// One generator: kinds of traffic that follow each other, equally long.
    private record Recipe(double defaultSeconds, List<Kind> kinds) {}

    // Requests per second at 1x of the phase inversion, which is published in multiples only.
    private static final double BASE_PER_SECOND = 0.5;

    private static final Map<String, Recipe> RECIPES = recipes();

    private Generators() {}

    /// Names of all generators.
    public static List<String> names() {
        return List.copyOf(RECIPES.keySet());
    }

    /// Makes a trace.
    ///
    /// @param name one of [#names()]
    /// @param seed any number
    /// @param durationSeconds length, 60 s to 7 days; NaN for the generator's own
    /// @throws IllegalArgumentException where the name is unknown or the duration out of range
    public static Trace generate(String name, long seed, double durationSeconds) {
        var recipe = RECIPES.get(name);
        if (recipe == null) {
            throw Names.unknown("generator", name, names());
        }
        double seconds = Double.isNaN(durationSeconds) ? recipe.defaultSeconds() : durationSeconds;
        Check.within("duration (s)", seconds, DURATION_MIN_SECONDS, DURATION_MAX_SECONDS);
        long durationNanos = Math.round(seconds * SECOND_NANOS);
        var random = new SplittableRandom(seed);
        var requests = new ArrayList<Request>();
        var segments = new ArrayList<Segment>();
        int kinds = recipe.kinds().size();
        for (int i = 0; i < kinds; i++) {
            var kind = recipe.kinds().get(i);
            long from = durationNanos / kinds * i;
            long to = i + 1 == kinds ? durationNanos : durationNanos / kinds * (i + 1);
            fill(requests, kind, from, to, random.split());
            if (!kind.name().isEmpty()) {
                segments.add(new Segment(kind.name(), from, to));
            }
        }
        return new Trace(name, requests, durationNanos, segments);
    }

    /// Adds the requests of one kind. Unit-rate arrivals are laid along the integral of the rate.
    private static void fill(
            List<Request> requests,
            Kind kind,
            long fromNanos,
            long toNanos,
            SplittableRandom random) {
        // Streams of their own: another rate leaves the lengths as they are.
        var rates = random.split();
        var gaps = random.split();
        var lengths = random.split();
        int seconds = (int) ((toNanos - fromNanos + SECOND_NANOS - 1) / SECOND_NANOS);
        double[] factors = kind.intensity().factors(seconds, rates);
        long tickNanos = Math.max(1, kind.tickSeconds() * SECOND_NANOS);
        double due = gap(gaps);
        double passed = 0;
        for (int second = 0; second < seconds; second++) {
            double rate = kind.perSecond() * factors[second];
            while (due < passed + rate) {
                double within = Math.min((due - passed) / rate, 1);
                long at = second * SECOND_NANOS + (long) (within * (SECOND_NANOS - 1));
                if (at < toNanos - fromNanos) {
                    requests.add(
                            new Request(
                                    fromNanos + at / tickNanos * tickNanos,
                                    kind.input().draw(lengths),
                                    kind.output().draw(lengths),
                                    Request.NONE));
                }
                due += gap(gaps);
            }
            passed += rate;
        }
    }

    private static double gap(SplittableRandom random) {
        return -StrictMath.log(1 - random.nextDouble());
    }

    private static Map<String, Recipe> recipes() {
        var recipes = new LinkedHashMap<String, Recipe>();
        // Azure LLM inference traces of 2023 (Patel et al., Splitwise, ISCA 2024).
        recipes.put(
                "azure-conv",
                alike(
                        2400,
                        5.92,
                        new Intensity.Drifting(0.015, 2, 0.044, 200),
                        0,
                        Lengths.published(1203, 1016, 4075, 4122, 14050),
                        Lengths.published(201, 115, 421, 598, 1000)));
        recipes.put(
                "azure-code",
                alike(
                        2400,
                        3.12,
                        new Intensity.Bursts(8, 32),
                        0,
                        Lengths.published(2028, 1460, 5026, 7436, 7437),
                        Lengths.published(27, 13, 55, 249, 1899)));
        // Mooncake's conversation trace (Qin et al., FAST 2025), on its ticks of 3 s.
        recipes.put(
                "mooncake",
                alike(
                        2100,
                        3.22,
                        new Intensity.Drifting(0.03, 10, 0.007, 200),
                        3,
                        Lengths.published(12592, 7406, 28190, 90252, 124847),
                        Lengths.published(347, 356, 606, 1131, 2000)));
        // DeepSeek-R1 at a quarter of its rate (Xiang et al., ServeGen, arXiv 2505.09999).
        recipes.put(
                "reasoning",
                alike(
                        7200,
                        3.75,
                        new Intensity.Drifting(0.19, 1, 0.27, 400),
                        0,
                        Lengths.published(1314, 119, 2651, 24219, 54498),
                        Lengths.published(1899, 1119, 4520, 13705, 32768)));
        recipes.put(
                "steady",
                alike(3600, 5, Intensity.constant(), 0, Lengths.fixed(3000), Lengths.fixed(250)));
        // Narwhal's phases, stretched from 300 s to 25 lead times of 60 s each.
        recipes.put(
                "phase-inversion",
                new Recipe(
                        4500,
                        List.of(
                                phase("prefill-heavy", 16, 8000, 16000, 30, 60),
                                phase("decode-heavy", 1, 300, 800, 2000, 8000),
                                phase("balanced", 4, 300, 800, 200, 500))));
        return recipes;
    }

    private static Recipe alike(
            double defaultSeconds,
            double perSecond,
            Intensity intensity,
            int tickSeconds,
            Lengths input,
            Lengths output) {
        var kind = new Kind("", perSecond, intensity, tickSeconds, input, output);
        return new Recipe(defaultSeconds, List.of(kind));
    }

    private static Kind phase(
            String name, int multiple, int minInput, int maxInput, int minOutput, int maxOutput) {
        return new Kind(
                name,
                multiple * BASE_PER_SECOND,
                Intensity.constant(),
                0,
                Lengths.between(minInput, maxInput),
                Lengths.between(minOutput, maxOutput));
    }
}
