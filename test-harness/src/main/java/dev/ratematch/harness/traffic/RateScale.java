package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// Makes a trace heavier without touching its time axis: K copies of each request at independent
/// seeded offsets, with the lengths of neighbours in time. A fraction of K is a share of the
/// requests that are copied once more; K below one thins.
public final class RateScale {

    /// GPUs that requests arriving over some seconds keep busy at the best real-valued ratio.
    @FunctionalInterface
    public interface GpuNeed {
        /// The need of these requests.
        double gpus(List<Request> requests, double seconds);
    }

    /// Share of the budget that the heaviest five minutes need after scaling by `auto`.
    public static final double PEAK_SHARE = 0.8;

    private static final long PEAK_NANOS = 300_000_000_000L;
    private static final long PEAK_STEP_NANOS = 30_000_000_000L;
    private static final double OFFSET_NANOS = 2e9;
    private static final int NEIGHBOURS = 50;

    /// Asks for a K that fits the budget.
    public static final String AUTO = "auto";

    private RateScale() {}

    /// A scaled trace.
    ///
    /// @param factors K of each segment, one for a trace of one piece
    public record Scaled(Trace trace, List<Double> factors) {}

    /// K as people write it: a number, or `auto`.
    ///
    /// @param need GPUs of a stretch of requests, for `auto`
    public static Scaled named(
            Trace trace, String factor, int budgetGpus, GpuNeed need, long seed) {
        if (factor.equals(AUTO)) {
            return auto(trace, budgetGpus, need, seed);
        }
        try {
            return by(trace, Double.parseDouble(factor), seed);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "--rate-scale (%s) must be a number above 0, or auto.".formatted(factor), e);
        }
    }

    /// The same K for the whole trace.
    public static Scaled by(Trace trace, double factor, long seed) {
        Check.positive("rate scale", factor);
        var pieces = pieces(trace);
        return scale(trace, pieces, pieces.stream().map(_ -> factor).toList(), seed);
    }

    /// K of each segment as given, one for a trace without any.
    public static Trace each(Trace trace, List<Double> factors, long seed) {
        return scale(trace, pieces(trace), factors, seed).trace();
    }

    /// K of each segment such that its heaviest five minutes need `PEAK_SHARE` of the budget.
    public static Scaled auto(Trace trace, int budgetGpus, GpuNeed need, long seed) {
        var pieces = pieces(trace);
        var factors = new ArrayList<Double>();
        for (var piece : pieces) {
            double peak = peak(trace, piece, need);
            if (!(peak > 0)) {
                throw new IllegalArgumentException(
                        "Segment %s of trace %s holds no request, so no rate scale fits it."
                                .formatted(piece.name(), trace.name()));
            }
            factors.add(PEAK_SHARE * budgetGpus / peak);
        }
        return scale(trace, pieces, factors, seed);
    }

    /// Needs of the heaviest five minutes of each segment, GPUs; one where the trace has none.
    public static List<Double> peaks(Trace trace, GpuNeed need) {
        return pieces(trace).stream().map(piece -> peak(trace, piece, need)).toList();
    }

    private static List<Segment> pieces(Trace trace) {
        return trace.segments().isEmpty()
                ? List.of(new Segment(trace.name(), 0, Math.max(1, trace.durationNanos())))
                : trace.segments();
    }

    private static double peak(Trace trace, Segment piece, GpuNeed need) {
        double peak = 0;
        long from = piece.fromNanos();
        do {
            long to = Math.min(from + PEAK_NANOS, piece.toNanos());
            var window = trace.requests().subList(trace.firstAt(from), trace.firstAt(to));
            if (!window.isEmpty()) {
                peak = Math.max(peak, need.gpus(window, (to - from) / 1e9));
            }
            from += PEAK_STEP_NANOS;
        } while (from + PEAK_NANOS <= piece.toNanos());
        return peak;
    }

    private static Scaled scale(
            Trace trace, List<Segment> pieces, List<Double> factors, long seed) {
        var random = new SplittableRandom(seed);
        var requests = trace.requests();
        var scaled = new ArrayList<Request>();
        for (int p = 0; p < pieces.size(); p++) {
            var piece = pieces.get(p);
            double factor = factors.get(p);
            boolean last = p == pieces.size() - 1;
            int from = trace.firstAt(piece.fromNanos());
            int to = last ? requests.size() : trace.firstAt(piece.toNanos());
            for (int i = from; i < to; i++) {
                int whole = (int) factor;
                int copies = whole + (random.nextDouble() < factor - whole ? 1 : 0);
                for (int copy = 0; copy < copies; copy++) {
                    scaled.add(
                            copy == 0
                                    ? requests.get(i)
                                    : copy(requests, i, from, to, piece, random));
                }
            }
        }
        scaled.sort(Comparator.comparingLong(Request::arrivalNanos));
        return new Scaled(
                new Trace(trace.name(), scaled, trace.durationNanos(), trace.segments()), factors);
    }

    private static Request copy(
            List<Request> requests,
            int index,
            int from,
            int to,
            Segment piece,
            SplittableRandom random) {
        long offset = (long) ((random.nextDouble() - 0.5) * OFFSET_NANOS);
        long latest = Math.max(piece.fromNanos(), piece.toNanos() - 1);
        long at =
                Math.clamp(requests.get(index).arrivalNanos() + offset, piece.fromNanos(), latest);
        int span = Math.min(NEIGHBOURS, to - from);
        int first = Math.clamp(index - span / 2, from, to - span);
        var lengths = requests.get(first + random.nextInt(span));
        return new Request(at, lengths.inputTokens(), lengths.outputTokens(), lengths.prefix());
    }
}
