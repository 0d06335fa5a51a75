package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Made-up traffic of phases that follow each other: Poisson arrivals at a rate that runs along a
/// line, lengths between bounds, every order of magnitude alike. Many independent clients together
/// are Poisson again, so a heavier trace is one at a higher rate.
public final class Phases {

    private static final double SECOND_NANOS = 1e9;

    /// One phase.
    ///
    /// @param name of the segment
    /// @param seconds how long it lasts
    /// @param fromRate requests a second at its start, before scaling
    /// @param toRate the same at its end
    /// @param input bounds of ISL
    /// @param output bounds of OSL
    /// @param wander how the rate wanders around that line
    /// @param prefix what prompts have in common
    public record Phase(
            String name,
            double seconds,
            double fromRate,
            double toRate,
            Bounds input,
            Bounds output,
            Wander wander,
            Shared prefix) {

        /// At a constant rate of one request a second, prompts of their own.
        public static Phase of(String name, double seconds, Bounds input, Bounds output) {
            return new Phase(name, seconds, 1, 1, input, output, Wander.NONE, Shared.NONE);
        }

        /// The same at another rate.
        public Phase at(double from, double to) {
            return new Phase(name, seconds, from, to, input, output, wander, prefix);
        }

        /// The same at a rate that wanders.
        public Phase wandering(Wander other) {
            return new Phase(name, seconds, fromRate, toRate, input, output, other, prefix);
        }

        /// The same with prompts that share prefixes.
        public Phase sharing(Shared other) {
            return new Phase(name, seconds, fromRate, toRate, input, output, wander, other);
        }
    }

    /// Bounds of a length, tokens.
    public record Bounds(int least, int most) {

        public Bounds {
            Check.atLeast("least", least, 1);
            Check.atLeast("most", most, least);
        }
    }

    /// A rate that wanders: log-normal, common to all clients.
    ///
    /// @param variance of the factor
    /// @param seconds that it takes to forget
    public record Wander(double variance, double seconds) {

        /// Poisson and nothing else.
        public static final Wander NONE = new Wander(0, 1);
    }

    /// Leading blocks of a prompt that others have as well.
    ///
    /// @param share of the prompt
    /// @param families how many different prefixes there are; 0 for none
    public record Shared(double share, int families) {

        /// Every prompt is its own.
        public static final Shared NONE = new Shared(0, 0);
    }

    private static final int BLOCK_TOKENS = 512;

    private Phases() {}

    /// Makes a trace.
    ///
    /// @param factors on the rate of each phase
    public static Trace generate(String name, List<Phase> phases, List<Double> factors, long seed) {
        var random = new SplittableRandom(seed);
        var requests = new ArrayList<Request>();
        var segments = new ArrayList<Segment>();
        double from = 0;
        for (int i = 0; i < phases.size(); i++) {
            var phase = phases.get(i);
            fill(requests, phase, factors.get(i), from, random.split());
            double to = from + phase.seconds();
            segments.add(
                    new Segment(
                            phase.name(),
                            Math.round(from * SECOND_NANOS),
                            Math.round(to * SECOND_NANOS)));
            from = to;
        }
        return new Trace(name, requests, Math.round(from * SECOND_NANOS), segments);
    }

    private static void fill(
            List<Request> into, Phase phase, double factor, double from, SplittableRandom random) {
        var gaps = random.split();
        var lengths = random.split();
        var input = Lengths.between(phase.input().least(), phase.input().most());
        var output = Lengths.between(phase.output().least(), phase.output().most());
        int seconds = (int) Math.ceil(phase.seconds());
        double[] wander =
                new Intensity.Drifting(phase.wander().variance(), phase.wander().seconds(), 0, 1)
                        .factors(seconds, random.split());
        double due = gap(gaps);
        double passed = 0;
        for (int second = 0; second < seconds; second++) {
            double line = phase.fromRate() + (phase.toRate() - phase.fromRate()) * second / seconds;
            double rate = factor * line * wander[second];
            while (due < passed + rate) {
                double at = second + Math.min((due - passed) / rate, 1);
                if (at < phase.seconds()) {
                    int isl = input.draw(lengths);
                    into.add(
                            new Request(
                                    (long) ((from + at) * SECOND_NANOS),
                                    isl,
                                    output.draw(lengths),
                                    prefix(phase.prefix(), isl, lengths)));
                }
                due += gap(gaps);
            }
            passed += rate;
        }
    }

    private static Request.Prefix prefix(Shared shared, int isl, SplittableRandom random) {
        if (shared.families() == 0) {
            return Request.NONE;
        }
        long family = random.nextInt(shared.families());
        var ids = new long[(int) (shared.share() * isl / BLOCK_TOKENS)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = family * 1_000_000L + i + 1;
        }
        return new Request.Prefix(BLOCK_TOKENS, ids);
    }

    private static double gap(SplittableRandom random) {
        return -StrictMath.log(1 - random.nextDouble());
    }
}
