package dev.ratematch.controller.telemetry.dialect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Names of a dialect that a site has respelled: all of them with another prefix, or with something
/// behind them.
///
/// @param dialect whose names they are
/// @param prefix that they have instead of the dialect's own; the dialect's own where they end
///   otherwise
/// @param tail that stands behind them; empty as a rule
/// @param names how many of them were found
public record Respelling(Dialect dialect, String prefix, String tail, int names) {

    /// Names that must be found for the likeness to be no accident.
    private static final int NAMES_MIN = 3;

    /// Short ends of names, such as `requests`, prove nothing.
    private static final int BODY_CHARS_MIN = 10;

    private record Way(String prefix, String tail) {}

    /// The spellings in which the names of dialects are found, each of the dialect that it fits
    /// best; the most frequent first.
    static List<Respelling> among(List<Dialect> dialects, Collection<String> seen) {
        var best = new TreeMap<String, Respelling>();
        for (var dialect : dialects) {
            var found = new HashMap<Way, Set<String>>();
            var bodies = bodies(dialect);
            for (String name : seen) {
                if (!dialect.reads(name)) {
                    look(name, dialect, bodies, found);
                }
            }
            found.forEach(
                    (way, names) -> {
                        var one = new Respelling(dialect, way.prefix(), way.tail(), names.size());
                        if (one.names >= NAMES_MIN) {
                            best.merge(
                                    way.prefix() + "*" + way.tail(),
                                    one,
                                    (a, b) -> b.names > a.names ? b : a);
                        }
                    });
        }
        var all = new ArrayList<>(best.values());
        all.sort((a, b) -> Integer.compare(b.names, a.names));
        return all;
    }

    /// The names without their prefix, suffixes of histograms included.
    private static Set<String> bodies(Dialect dialect) {
        var bodies = new HashSet<String>();
        for (String name : dialect.names()) {
            for (String prefix : dialect.prefixes()) {
                if (name.startsWith(prefix) && name.length() - prefix.length() >= BODY_CHARS_MIN) {
                    bodies.add(name.substring(prefix.length()));
                }
            }
        }
        return bodies;
    }

    private static void look(
            String name, Dialect dialect, Set<String> bodies, Map<Way, Set<String>> found) {
        for (int at = 1; at < name.length(); at++) {
            if (boundary(name.charAt(at - 1)) && bodies.contains(name.substring(at))) {
                note(found, new Way(name.substring(0, at), ""), name.substring(at));
                return;
            }
        }
        for (String prefix : dialect.prefixes()) {
            for (int end = name.length() - 1; end > prefix.length(); end--) {
                if (name.startsWith(prefix)
                        && boundary(name.charAt(end))
                        && bodies.contains(name.substring(prefix.length(), end))) {
                    String body = name.substring(prefix.length(), end);
                    note(found, new Way(prefix, name.substring(end)), body);
                    return;
                }
            }
        }
    }

    private static boolean boundary(char each) {
        return each == '_' || each == ':';
    }

    private static void note(Map<Way, Set<String>> found, Way way, String body) {
        found.computeIfAbsent(way, _ -> new HashSet<>()).add(body);
    }

    /// What the catalogue is told to read it: from a prefix to another.
    public Map<String, String> renames() {
        return Map.of(dialect.prefixes().getFirst() + "*", prefix + "*");
    }

    /// Whether a renamed prefix is all that it takes.
    public boolean byPrefix() {
        return tail.isEmpty();
    }

    /// What it is and what to do about it, for people.
    public String text() {
        String first = dialect.prefixes().getFirst();
        return byPrefix()
                ? "%s metrics begin with \"%s\" here, not with \"%s\"; --metric '%s*=%s*' says so"
                        .formatted(dialect.title(), prefix, first, first, prefix)
                : "%s metrics end in %s here: keep the engine's own names, or name each by --metric FACT=NAME, such as --metric 'running=NAME%s'"
                        .formatted(dialect.title(), tail, tail);
    }
}
