package dev.ratematch.harness.scenario;

import dev.ratematch.harness.traffic.CodeReasoningSplice;
import dev.ratematch.harness.traffic.Generators;
import dev.ratematch.harness.traffic.Phases;
import dev.ratematch.harness.traffic.Phases.Phase;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import dev.ratematch.harness.traffic.TraceReader;
import dev.ratematch.harness.traffic.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// Where requests come from, and how there become more of them: by further clients who know nothing
/// of each other, never by repeating one client's burst.
public sealed interface Traffic {

    /// The traffic of so many clients; a fraction is a client who sends that share of the requests.
    ///
    /// @param factors clients in each piece
    /// @param traces folder of recorded traces
    Trace grown(List<Double> factors, long seed, Path traces);

    /// Pieces that are scaled each by its own.
    int pieces();

    /// The recorded trace that it needs; empty for none.
    default String file() {
        return "";
    }

    /// Phases that are made up.
    record Made(List<Phase> phases) implements Traffic {

        public Made {
            phases = List.copyOf(phases);
        }

        @Override
        public Trace grown(List<Double> factors, long seed, Path traces) {
            return Phases.generate("phases", phases, factors, seed);
        }

        @Override
        public int pieces() {
            return phases.size();
        }
    }

    /// A generator; each client is another seed, the first one the scenario's.
    ///
    /// @param name of the generator
    /// @param seconds length of the trace
    /// @param pieces segments of its traces, 1 for a trace of one piece
    record Generated(String name, double seconds, int pieces) implements Traffic {

        @Override
        public Trace grown(List<Double> factors, long seed, Path traces) {
            var random = new SplittableRandom(seed);
            var all = new ArrayList<Request>();
            var first = Generators.generate(name, seed, seconds);
            for (int i = 0; i < Collections.max(factors); i++) {
                var client = i == 0 ? first : Generators.generate(name, random.nextLong(), seconds);
                Shifted.add(all, client, factors, i, random.split());
            }
            return Shifted.trace(first, all);
        }
    }

    /// A stretch of a recorded trace; further clients are the same stretch, shifted in a circle by
    /// up to five minutes.
    ///
    /// @param file its name
    record Recorded(String file, double fromSeconds, double toSeconds) implements Traffic {

        @Override
        public Trace grown(List<Double> factors, long seed, Path traces) {
            try {
                var options = TraceReader.Options.defaults();
                var whole = TraceReader.read(traces.resolve(file), options).trace();
                var window = new Window(Math.round(fromSeconds * 1e9), Math.round(toSeconds * 1e9));
                var one = whole.window(window.fromNanos(), window.toNanos());
                return Shifted.copies(one, factors, seed);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public int pieces() {
            return 1;
        }
    }

    /// Several copies of the shipped recorded trace, shifted in a circle by up to five minutes.
    /// Each is one source, whose weight is what `RateScale` makes of it.
    ///
    /// @param copies how many
    record Spliced(int copies) implements Traffic {

        @Override
        public Trace grown(List<Double> factors, long seed, Path traces) {
            var one = CodeReasoningSplice.load();
            var together =
                    Shifted.copies(one, Collections.nCopies(pieces(), (double) copies), seed);
            return RateScale.each(together, factors, seed);
        }

        @Override
        public int pieces() {
            return 3;
        }
    }

    /// Equal requests in the midst of others, at one instant. They are not scaled.
    record With(Traffic traffic, double atSeconds, int count, int inputTokens, int outputTokens)
            implements Traffic {

        @Override
        public Trace grown(List<Double> factors, long seed, Path traces) {
            var trace = traffic.grown(factors, seed, traces);
            var all = new ArrayList<>(trace.requests());
            var more =
                    new Request(
                            Math.round(atSeconds * 1e9), inputTokens, outputTokens, Request.NONE);
            all.addAll(Collections.nCopies(count, more));
            all.sort(Comparator.comparingLong(Request::arrivalNanos));
            return new Trace(trace.name(), all, trace.durationNanos(), trace.segments());
        }

        @Override
        public int pieces() {
            return traffic.pieces();
        }

        @Override
        public String file() {
            return traffic.file();
        }
    }

    /// Every piece alike.
    default List<Double> alike(double factor) {
        return Collections.nCopies(pieces(), factor);
    }
}
