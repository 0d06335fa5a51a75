package dev.ratematch.controller.observe;

import org.jspecify.annotations.Nullable;

/// Replica counts of both pools as far as anybody has told them; a count that is unknown is null.
public record Counts(@Nullable Integer prefill, @Nullable Integer decode) {

    /// Nobody has told either.
    public static final Counts UNKNOWN = new Counts(null, null);

    /// Both known.
    public static Counts of(Sizes sizes) {
        return new Counts(sizes.prefill(), sizes.decode());
    }

    /// One pool's.
    public @Nullable Integer of(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// The pair; null where one of the two is unknown.
    public @Nullable Sizes sizes() {
        return prefill == null || decode == null ? null : new Sizes(prefill, decode);
    }
}
