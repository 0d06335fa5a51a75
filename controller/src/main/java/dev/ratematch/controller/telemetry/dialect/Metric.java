package dev.ratematch.controller.telemetry.dialect;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// One way in which a dialect tells a fact: exact names, no choice left.
///
/// @param over counters whose summed increase the increase of `of` is divided by; empty for none
/// @param times gauges that `of` is multiplied by
/// @param labels of `of` that hold numbers, whose product is meant instead of the value; one that
///   begins with `=` states the whole, and counts alone where it is there
/// @param maxOver labels of ranks that tell the same, of which one counts
/// @param scale from the exposed unit to ours: seconds, tokens, requests, shares
/// @param lazy whether it appears at its first use, so that absent is none
public record Metric(
        Type type,
        Reference of,
        List<Reference> over,
        List<Reference> times,
        List<String> labels,
        List<String> maxOver,
        double scale,
        boolean lazy) {

    /// Before the name of a label that states the whole.
    public static final String WHOLE = "=";

    /// How a metric is exposed.
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        INFO
    }

    public Metric {
        over = List.copyOf(over);
        times = List.copyOf(times);
        labels = List.copyOf(labels);
        maxOver = List.copyOf(maxOver);
    }

    /// A metric of that name, as it is.
    public static Metric of(Type type, String name) {
        return new Metric(
                type,
                new Reference(name, List.of()),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                1,
                false);
    }

    /// Whether it is one increase over another.
    public boolean ratio() {
        return !over.isEmpty();
    }

    /// Whether a body with these sample names has it.
    public boolean in(Predicate<String> names) {
        if (!lazy && !names.test(type == Type.HISTOGRAM ? of.name() + "_count" : of.name())) {
            return false;
        }
        for (var other : over) {
            if (!names.test(other.name())) {
                return false;
            }
        }
        for (var other : times) {
            if (!names.test(other.name())) {
                return false;
            }
        }
        return true;
    }

    /// The same of the series that pass too.
    public Metric within(Matcher more) {
        return new Metric(
                type,
                of.within(more),
                over.stream().map(r -> r.within(more)).toList(),
                times.stream().map(r -> r.within(more)).toList(),
                labels,
                maxOver,
                scale,
                lazy);
    }

    /// The same with all its names respelled.
    Metric respelled(UnaryOperator<String> spelling) {
        return new Metric(
                type,
                respelled(of, spelling),
                over.stream().map(r -> respelled(r, spelling)).toList(),
                times.stream().map(r -> respelled(r, spelling)).toList(),
                labels,
                maxOver,
                scale,
                lazy);
    }

    private static Reference respelled(Reference reference, UnaryOperator<String> spelling) {
        return reference.named(spelling.apply(reference.name()));
    }
}
