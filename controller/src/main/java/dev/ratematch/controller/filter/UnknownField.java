package dev.ratematch.controller.filter;

import java.util.function.UnaryOperator;

/// A field that is given and that nobody reads.
///
/// @param name in full, such as `prefill.paralel`
/// @param nearest the field that it most likely is, in full
public record UnknownField(String name, String nearest) {

    /// A sentence about it.
    ///
    /// @param kind what it is no field of, such as `a service`
    public String text(String kind) {
        return "%s is not a field of %s and is ignored; the nearest one is %s."
                .formatted(name, kind, nearest);
    }

    /// The same with names of another kind of file.
    public UnknownField named(UnaryOperator<String> names) {
        return new UnknownField(names.apply(name), names.apply(nearest));
    }
}
