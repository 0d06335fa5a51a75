package dev.ratematch.controller.guard;

/// One reason to leave the fleet as it is. Each class of this kind has the name of its `Reason`.
///
/// @param <T> what it looks at
@FunctionalInterface
public interface Guard<T> {

    /// Whether the reason is there, with its numbers.
    Verdict ask(T look);
}
