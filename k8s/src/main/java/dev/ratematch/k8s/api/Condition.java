package dev.ratematch.k8s.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/// One condition, as `kubectl wait` reads it.
///
/// @param status `True`, `False` or `Unknown`
/// @param observedGeneration of the spec that it is about; older than the object's where it is an
///   answer that still stands
/// @param reason one word in CamelCase
/// @param message one sentence for people
/// @param lastTransitionTime when `status` last changed, RFC 3339
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
        @JsonPropertyDescription("Type of the condition.") String type,
        @JsonPropertyDescription("True, False or Unknown.") String status,
        @JsonPropertyDescription("Generation of the spec that the condition describes.")
                @Nullable Long observedGeneration,
        @JsonPropertyDescription("Reason, in one word.") String reason,
        @JsonPropertyDescription("Reason, in one sentence.") String message,
        @JsonPropertyDescription("When the status last changed, RFC 3339.")
                @Nullable String lastTransitionTime) {

    /// The same, last changed at a time.
    public Condition since(String time) {
        return new Condition(type, status, observedGeneration, reason, message, time);
    }
}
