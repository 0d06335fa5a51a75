package dev.ratematch.costmodel.parallel;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A checkpoint whose layers are stored in several ways: the one that holds most of the weights is
/// planned for all of them, and the others are named.
final class MixedSchemes {

    private final Map<Precision, Integer> layers = new TreeMap<>();
    private final Map<Precision, Integer> expertLayers = new TreeMap<>();
    private final Map<Precision, String> notes = new LinkedHashMap<>();
    private Optional<WeightScheme> unserved = Optional.empty();

    /// Adds what one name, of a layer or a target, is stored in.
    void add(String name, WeightScheme scheme) {
        if (scheme.nearest().isEmpty()) {
            unserved = Optional.of(scheme);
            return;
        }
        var precision = scheme.nearest().get();
        layers.merge(precision, 1, Integer::sum);
        if (name.toLowerCase(Locale.ROOT).contains("expert")) {
            expertLayers.merge(precision, 1, Integer::sum);
        }
        scheme.note().ifPresent(note -> notes.putIfAbsent(precision, note));
    }

    /// The scheme of them all; empty where none was added.
    Optional<WeightScheme> scheme() {
        if (layers.isEmpty()) {
            return unserved;
        }
        // Experts hold nearly all the weights of a model that has them.
        var chosen = most(expertLayers.isEmpty() ? layers : expertLayers);
        String note = notes.getOrDefault(chosen, "");
        if (layers.size() > 1) {
            String parts =
                    layers.keySet().stream()
                            .map(p -> p.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(" and "));
            String mixed =
                    "its layers are %s; all are planned in %s, that of %s"
                            .formatted(
                                    parts,
                                    chosen.name().toLowerCase(Locale.ROOT),
                                    expertLayers.isEmpty() ? "most of them" : "the experts");
            note = note.isEmpty() ? mixed : mixed + "; " + note;
        }
        return Optional.of(
                note.isEmpty() ? WeightScheme.exact(chosen) : WeightScheme.near(chosen, note));
    }

    /// The most frequent; of equals the widest, which promises less.
    private static Precision most(Map<Precision, Integer> counts) {
        return counts.entrySet().stream()
                .reduce(
                        (a, b) -> {
                            int more = Integer.compare(b.getValue(), a.getValue());
                            boolean wider =
                                    b.getKey().bytesPerElement() > a.getKey().bytesPerElement();
                            return more > 0 || (more == 0 && wider) ? b : a;
                        })
                .orElseThrow()
                .getKey();
    }
}
