package dev.ratematch.controller.telemetry.dialect;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Which dialects a pod speaks, and how that was found.
///
/// @param dialects the engine's first; empty when none is known
/// @param reason for people
public record Detection(List<Dialect> dialects, String reason) {

    public Detection {
        dialects = List.copyOf(dialects);
    }

    /// The engine that pods are found to be, by the cost model's name, of a mixed fleet the one
    /// that comes first; empty while none is known.
    public static Optional<String> engine(Collection<Detection> pods) {
        return pods.stream()
                .flatMap(d -> d.dialects().stream())
                .filter(d -> d.kind() == Dialect.Kind.ENGINE)
                .map(d -> priced(d.name()))
                .findFirst();
    }

    /// Whose steps an engine takes, by the cost model's name: Triton serves with TensorRT-LLM.
    ///
    /// @param dialect whose metrics its pods expose
    public static String priced(String dialect) {
        return dialect.equals("triton") ? "trtllm" : dialect;
    }

    /// Whether anything can be read.
    public boolean known() {
        return !dialects.isEmpty();
    }
}
