package dev.ratematch.controller.telemetry;

import static dev.ratematch.controller.telemetry.ReadingMath.combine;
import static dev.ratematch.controller.telemetry.ReadingMath.map;

import dev.ratematch.controller.observe.Flow;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads the three counts of one flow, and says which of them is the demand.
final class FlowReader {

    /// What is to be read further, and the demand.
    ///
    /// @param user the frontend, narrowed to what is meant for the pools; null where it tells
    ///   nothing of them
    record Found(@Nullable ScrapeWindow user, Reading arrived, boolean lowerBound, Flow flow) {}

    private final ScrapeWindow prefill;
    private final ScrapeWindow decode;
    private final @Nullable ScrapeWindow user;
    private final double windowSeconds;

    /// @param windowSeconds that counts are brought to
    FlowReader(
            ScrapeWindow prefill,
            ScrapeWindow decode,
            @Nullable ScrapeWindow user,
            double windowSeconds) {
        this.prefill = prefill;
        this.decode = decode;
        this.user = user;
        this.windowSeconds = windowSeconds;
    }

    /// @param prefillReady replicas that serve
    /// @param decodeReady replicas that serve
    /// @param localShare share of requests that decode prefills itself
    Found read(int prefillReady, int decodeReady, double localShare) {
        var made = inAndOut(prefill, decode);
        var started = user == null ? new Reading.Unknown("there is no frontend") : started(user);
        if (!(windowSeconds > 0)) {
            return new Found(user, arrived(started, made), !started.known(), Flow.NONE);
        }
        var prefilled = pool(prefill, prefillReady);
        var decoded = pool(decode, decodeReady);
        double samples = Math.max(1, decode.histogram(Fact.SAMPLES).mean().orElse(1));
        var counts = new ArrayList<FlowCount>();
        if (prefilled != null) {
            counts.add(prefilled);
        }
        if (decoded != null) {
            double more = prefilled == null ? 0 : prefilled.came() - prefilled.done();
            counts.add(fromArrival() ? decoded : decoded.less(-more));
        }
        var scope =
                user == null
                        ? null
                        : FlowScope.of(user, counts, names(), windowSeconds, this::frontend);
        if (scope == null) {
            var beside =
                    beside(false, false, localShare, samples, prefill.increase(Fact.REFUSED), made);
            var alone = FlowComparison.of(prefilled, decoded, beside, windowSeconds);
            return found(user, arrived(started, made), prefilled, decoded, null, alone, List.of());
        }
        return behind(scope, prefilled, decoded, localShare, samples, made);
    }

    private Found behind(
            FlowScope scope,
            @Nullable FlowCount prefilled,
            @Nullable FlowCount decoded,
            double localShare,
            double samples,
            Reading made) {
        var narrowed = scope.user();
        var count = scope.count();
        boolean silent = silent(prefilled) || silent(decoded);
        var counted = narrowed.increase(Fact.STARTED);
        var arrived = started(narrowed);
        if (scope.sure() || silent || !made.known()) {
            var beside =
                    beside(
                            counted.known(),
                            narrowed.tellsOutcomes(),
                            localShare,
                            samples,
                            narrowed.increase(Fact.REFUSED),
                            made);
            var outcome = FlowComparison.of(count, prefilled, decoded, beside, windowSeconds);
            var notes = scope.others().isEmpty() ? List.<Flow.Note>of() : List.of(others(scope));
            return found(narrowed, arrived, prefilled, decoded, count, outcome, notes);
        }
        var beside =
                beside(false, false, localShare, samples, prefill.increase(Fact.REFUSED), made);
        var alone = FlowComparison.of(prefilled, decoded, beside, windowSeconds);
        boolean ours = scope.served().size() == 1 && names().containsAll(lower(scope.served()));
        if (ours || fewerDecoded(prefilled, decoded)) {
            var note = contradiction(count, prefilled, decoded);
            var all = new FlowComparison.Outcome(count.came(), !counted.known(), 1, List.of(note));
            return found(narrowed, arrived, prefilled, decoded, count, all, List.of());
        }
        var note = elsewhere(count, alone);
        return found(null, made, prefilled, decoded, count, alone, List.of(note));
    }

    private boolean fewerDecoded(@Nullable FlowCount prefilled, @Nullable FlowCount decoded) {
        return prefilled != null
                && decoded != null
                && decoded.below(fromArrival() ? prefilled : prefilled.ended(), windowSeconds);
    }

    private static boolean silent(@Nullable FlowCount pool) {
        return pool != null && pool.silent() > 0;
    }

    private FlowComparison.Beside beside(
            boolean counted,
            boolean told,
            double localShare,
            double samples,
            Reading refused,
            Reading made) {
        return new FlowComparison.Beside(
                fromArrival(),
                counted,
                told,
                localShare,
                samples,
                Math.max(0, refused.orElse(0)),
                made.orElse(0));
    }

    private Flow.Note others(FlowScope scope) {
        return new Flow.Note(
                Flow.Kind.OTHER_MODELS,
                false,
                "the frontend serves other models too (%s); only what it counts of %s is planned for"
                        .formatted(
                                String.join(", ", scope.others()),
                                String.join(", ", scope.served())));
    }

    private Flow.Note elsewhere(FlowCount frontend, FlowComparison.Outcome alone) {
        return new Flow.Note(
                Flow.Kind.OTHER_MODELS,
                false,
                ("the frontend saw %s end well and the pools count %s: it serves other models too,"
                                + " and nothing tells which; what the pools count is planned for")
                        .formatted(rate(frontend.done()), rate(alone.arrived())));
    }

    private Flow.Note contradiction(
            FlowCount frontend, @Nullable FlowCount prefilled, @Nullable FlowCount decoded) {
        return new Flow.Note(
                Flow.Kind.UNEXPLAINED,
                true,
                ("the frontend saw %s end well, prefill counts %s and decode %s: pods of these pools"
                                + " are not read, or the frontend serves others; see the selectors")
                        .formatted(rate(frontend.done()), shown(prefilled), shown(decoded)));
    }

    private String shown(@Nullable FlowCount pool) {
        return pool == null ? "nothing" : rate(pool.came());
    }

    private String rate(double requests) {
        return String.format(Locale.ROOT, "%.2f/s", Math.max(0, requests) / windowSeconds);
    }

    private Found found(
            @Nullable ScrapeWindow from,
            Reading arrived,
            @Nullable FlowCount prefilled,
            @Nullable FlowCount decoded,
            @Nullable FlowCount frontend,
            FlowComparison.Outcome outcome,
            List<Flow.Note> before) {
        var notes = new ArrayList<Flow.Note>(before);
        notes.addAll(outcome.notes());
        return new Found(
                from,
                map(arrived, _ -> outcome.arrived()),
                outcome.lowerBound(),
                new Flow(
                        reading(frontend, "no frontend counts requests"),
                        reading(prefilled, "prefill does not count requests"),
                        reading(decoded, "decode does not count requests"),
                        outcome.sequencesPerRequest(),
                        notes));
    }

    private static Reading reading(@Nullable FlowCount count, String why) {
        return count == null ? new Reading.Unknown(why) : Reading.of(Math.max(0, count.came()));
    }

    /// Where neither is known, what should have counted them tells why.
    private Reading arrived(Reading started, Reading made) {
        return started.known() || (user != null && !made.known()) ? started : made;
    }

    /// Counted as they come, else as they end and as there are more of them inside.
    private static Reading started(ScrapeWindow user) {
        var counted = user.increase(Fact.STARTED);
        var made = combine(user.increase(Fact.ENDED), user.growth(Fact.IN_SYSTEM), Double::sum);
        return counted.known() || !made.known() ? counted : map(made, n -> Math.max(0, n));
    }

    private @Nullable FlowCount frontend(ScrapeWindow part) {
        var came = started(part);
        return came.known() ? count(part, came, part.increase(Fact.FINISHED), 0) : null;
    }

    private @Nullable FlowCount pool(ScrapeWindow pods, int ready) {
        var ended = pods.increase(Fact.ENDED);
        var growth = pods.growth(Fact.IN_SYSTEM);
        if (!growth.known()) {
            growth = combine(pods.growth(Fact.RUNNING), pods.growth(Fact.WAITING), Double::sum);
        }
        var came = combine(ended, growth, Double::sum);
        int silent = Math.max(0, ready - pods.pods().answering());
        return came.known() ? count(pods, came, ended, silent) : null;
    }

    private FlowCount count(ScrapeWindow pods, Reading came, Reading done, int silent) {
        double factor = windowSeconds / pods.coveredSeconds().orElse(windowSeconds);
        double all = came.orElse(0) * factor;
        return new FlowCount(
                all,
                done.orElse(0) * factor,
                Math.max(0, all) * pods.pods().brokenShare(),
                silent,
                pods.pods().oldestSeconds(),
                pods.pods().newestSeconds());
    }

    /// Whether decode holds a request while prefill works on it, so that only decode's gauges tell
    /// what is inside.
    private boolean fromArrival() {
        return prefill.heard() && !prefill.offers(Fact.IN_SYSTEM);
    }

    /// Names of the model on the pools' own series, in lower case.
    private Set<String> names() {
        var names = new TreeSet<String>();
        for (var pods : List.of(prefill, decode)) {
            for (String label : List.of("model_name", "model")) {
                names.addAll(lower(pods.values(label, Fact.RUNNING)));
                names.addAll(lower(pods.values(label, Fact.ENDED)));
            }
        }
        return names;
    }

    private static Set<String> lower(Set<String> names) {
        var lower = new TreeSet<String>();
        names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
        return lower;
    }

    /// Arrivals where nothing counts them: what was finished or lost, and what there is more of in
    /// the system than at the window's begin. Requests held back before the pods are not in it.
    private static Reading inAndOut(ScrapeWindow prefill, ScrapeWindow decode) {
        var growth = decode.growth(Fact.IN_SYSTEM);
        if (!prefill.heard() || prefill.offers(Fact.IN_SYSTEM)) {
            growth = combine(prefill.growth(Fact.IN_SYSTEM), growth, Double::sum);
        }
        return map(
                combine(
                        combine(
                                decode.increase(Fact.ENDED),
                                prefill.increase(Fact.LOST),
                                Double::sum),
                        growth,
                        Double::sum),
                requests -> Math.max(0, requests));
    }
}
