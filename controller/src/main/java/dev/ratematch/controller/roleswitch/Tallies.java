package dev.ratematch.controller.roleswitch;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// Transactions that ended, by how.
public record Tallies(Map<Result, Long> ended) {

    /// None yet.
    public static final Tallies NONE = new Tallies(Map.of());

    public Tallies {
        var sorted = new EnumMap<Result, Long>(Result.class);
        sorted.putAll(ended);
        ended = Collections.unmodifiableMap(sorted);
    }

    /// How many ended so.
    public long of(Result result) {
        return ended.getOrDefault(result, 0L);
    }

    /// One more.
    Tallies plus(Result result) {
        var more = new EnumMap<Result, Long>(Result.class);
        more.putAll(ended);
        more.merge(result, 1L, Long::sum);
        return new Tallies(more);
    }
}
