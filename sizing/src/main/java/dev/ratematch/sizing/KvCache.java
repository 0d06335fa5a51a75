package dev.ratematch.sizing;

import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.StatedKv;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The type of the KV cache that a plan is made for.
///
/// @param type of its elements
/// @param source who says so
/// @param warning what the plan does otherwise than that says; empty for nothing
public record KvCache(KvDtype type, String source, Optional<String> warning) {

    /// What was asked for, else what the checkpoint states, else FP8, which engines of all the GPUs
    /// here serve from any checkpoint.
    ///
    /// @param asked the type that was asked for; null where none was
    /// @param by who asked for it
    public static KvCache of(Optional<StatedKv> stated, @Nullable String asked, String by) {
        if (asked != null) {
            return new KvCache(KvDtype.parse(asked), by, Optional.empty());
        }
        return stated.map(
                        kv ->
                                new KvCache(
                                        kv.type(),
                                        kv.source(),
                                        kv.note().map(how -> kv.source() + ": " + how + ".")))
                .orElseGet(
                        () ->
                                new KvCache(
                                        KvDtype.FP8,
                                        "the default; --kv-dtype says otherwise",
                                        Optional.empty()));
    }

    /// Name for people.
    String name() {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
