package dev.ratematch.costmodel.units;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Names as users write them; finds what a misspelt one most likely meant.
public final class Names {

    /// Letters that may be wrong, missing or too many in a name that is meant.
    private static final int SLIPS = 2;

    /// A run of letters or of digits.
    private static final Pattern PART = Pattern.compile("[a-z]+|[0-9]+");

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

    /// The candidate that `given` most likely is with a slip or two in its words, ignoring case and
    /// punctuation. Numbers and single letters must be the same: with another number it is another
    /// thing and no slip, as `llama-3.1-8b` and `llama-3.2-8b` are.
    public static Optional<String> misspelt(String given, Collection<String> candidates) {
        String best = null;
        int least = SLIPS + 1;
        for (String candidate : candidates) {
            int slips = slips(parts(given), parts(candidate));
            if (slips < least) {
                best = candidate;
                least = slips;
            }
        }
        return Optional.ofNullable(best);
    }

    private static List<String> parts(String name) {
        return PART.matcher(name.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private static int slips(List<String> a, List<String> b) {
        if (a.size() != b.size()) {
            return SLIPS + 1;
        }
        int slips = 0;
        for (int i = 0; i < a.size(); i++) {
            boolean exact = Character.isDigit(b.get(i).charAt(0)) || b.get(i).length() == 1;
            int apart = distance(a.get(i), b.get(i));
            slips += exact && apart > 0 ? SLIPS + 1 : apart;
        }
        return slips;
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
