package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Dialect;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Matcher;
import dev.ratematch.controller.telemetry.dialect.Metric;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What is looked for in bodies, by fact or by name.
interface Wanted {

    /// The metrics of a body that tell it, to be added up; none when it has not got it.
    List<Metric> in(Voice voice);

    /// Why nobody has it.
    Reading absent();

    /// The same of the series that pass all of these.
    default Wanted within(List<Matcher> scope) {
        if (scope.isEmpty()) {
            return this;
        }
        var whole = this;
        return new Wanted() {
            @Override
            public List<Metric> in(Voice voice) {
                var metrics = new ArrayList<Metric>();
                for (var metric : whole.in(voice)) {
                    var narrowed = metric;
                    for (var matcher : scope) {
                        narrowed = narrowed.within(matcher);
                    }
                    metrics.add(narrowed);
                }
                return metrics;
            }

            @Override
            public Reading absent() {
                return whole.absent();
            }
        };
    }

    /// What is known of the pods, for the reason.
    ///
    /// @param dialects that they speak
    /// @param nativeOnly whether they have no histogram that can be read
    record Heard(List<Dialect> dialects, boolean nativeOnly) {}

    /// A fact, told by metrics of some kind.
    static Wanted fact(Fact fact, Source source, Predicate<Metric> kind, Heard heard) {
        var spoken = heard.dialects();
        return new Wanted() {
            @Override
            public List<Metric> in(Voice voice) {
                return voice.telling(fact, source, kind);
            }

            @Override
            public Reading absent() {
                return spoken.stream()
                        .map(dialect -> dialect.metrics(fact, source))
                        .filter(terms -> !terms.isEmpty())
                        .findFirst()
                        .map(terms -> nobodyExposes(source, terms, heard.nativeOnly()))
                        .orElseGet(
                                () ->
                                        new Reading.Unknown(
                                                "%s does not expose %s"
                                                        .formatted(
                                                                titles(spoken),
                                                                fact.description())));
            }
        };
    }

    /// Names as they are, or with an underscore for a colon.
    static Wanted named(Source source, Metric.Type type, String... names) {
        return new Wanted() {
            @Override
            public List<Metric> in(Voice voice) {
                for (String name : names) {
                    for (String spelling : List.of(name, name.replace(':', '_'))) {
                        var metric = Metric.of(type, spelling);
                        if (metric.in(voice.scrape()::has)) {
                            return List.of(metric);
                        }
                    }
                }
                return List.of();
            }

            @Override
            public Reading absent() {
                return nobodyExposes(source, names[0]);
            }
        };
    }

    /// Histograms, and one counter over another.
    static boolean tallied(Metric metric) {
        return metric.type() == Metric.Type.HISTOGRAM || metric.ratio();
    }

    /// Counters alone.
    static boolean counted(Metric metric) {
        return metric.type() == Metric.Type.COUNTER && !metric.ratio();
    }

    /// Values of this moment.
    static boolean gauged(Metric metric) {
        return metric.type() == Metric.Type.GAUGE || metric.type() == Metric.Type.INFO;
    }

    /// Who speaks these dialects, for people.
    static String titles(List<Dialect> dialects) {
        return dialects.isEmpty()
                ? "the engine"
                : dialects.stream().map(Dialect::title).collect(Collectors.joining(" and "));
    }

    private static String names(List<List<Metric>> terms) {
        return terms.stream()
                .map(choice -> choice.getFirst().of().name())
                .collect(Collectors.joining(" and "));
    }

    private static Reading nobodyExposes(
            Source source, List<List<Metric>> terms, boolean nativeOnly) {
        return terms.stream()
                .map(choice -> NativeHistograms.why(choice.getFirst(), nativeOnly))
                .filter(why -> !why.isEmpty())
                .findFirst()
                .<Reading>map(Reading.Unknown::new)
                .orElseGet(() -> nobodyExposes(source, names(terms)));
    }

    private static Reading nobodyExposes(Source source, String name) {
        return new Reading.Unknown("no %s pod exposes %s".formatted(source.label(), name));
    }
}
