package dev.ratematch.costmodel.units;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Names as users write them; finds what a misspelt one most likely meant.
public final class Names {

    private Names() {}

    /// The candidate with the smallest edit distance to `given`, ignoring case; of equals the first
    /// in iteration order, so that callers pass an ordered collection.
    public static String nearest(String given, Collection<String> candidates) {
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException(
                    "candidates is empty; there must be at least one name to compare \"%s\" with."
                            .formatted(given));
        }
        String wanted = given.toLowerCase(Locale.ROOT);
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /// What users write for the values of an enum: their names in lower case, in order.
    public static List<String> of(Enum<?>... values) {
        return Stream.of(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
    }

    /// An exception that says what is unknown, what is nearest and what is known.
    public static IllegalArgumentException unknown(
            String kind, String given, Collection<String> candidates) {
        return new IllegalArgumentException(
                "%s \"%s\" is not known; did you mean \"%s\"? Known: %s."
                        .formatted(
                                kind,
                                given,
                                nearest(given, candidates),
                                String.join(", ", candidates)));
    }

    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int swap = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(swap, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
