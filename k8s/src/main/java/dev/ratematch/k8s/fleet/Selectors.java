package dev.ratematch.k8s.fleet;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Label selectors in their text form, such as `app=llama,role in (prefill,both)`.
public final class Selectors {

    private static final Pattern SET =
            Pattern.compile("^\\s*(\\S+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*$");

    private static final Pattern EXACT =
            Pattern.compile("\\s*([^\\s=!()]+)\\s*==?\\s*([^\\s=!()]*)\\s*");

    private Selectors() {}

    /// The text of a selector object.
    public static String text(LabelSelector selector) {
        List<String> parts = new ArrayList<>();
        if (selector.getMatchLabels() != null) {
            new TreeMap<>(selector.getMatchLabels())
                    .forEach((key, value) -> parts.add(key + "=" + value));
        }
        for (LabelSelectorRequirement each : selector.getMatchExpressions()) {
            String values = "(" + String.join(",", each.getValues()) + ")";
            parts.add(
                    switch (each.getOperator()) {
                        case "In" -> each.getKey() + " in " + values;
                        case "NotIn" -> each.getKey() + " notin " + values;
                        case "Exists" -> each.getKey();
                        default -> "!" + each.getKey();
                    });
        }
        return String.join(",", parts);
    }

    /// A test of a pod's labels.
    ///
    /// @throws IllegalArgumentException when the text is no selector, or an empty one, which would
    ///   select every pod
    public static Predicate<@Nullable Map<String, String>> parse(String text) {
        List<Predicate<Map<String, String>>> all = new ArrayList<>();
        for (String part : text.split(",(?![^(]*\\))", -1)) {
            if (!part.isBlank()) {
                all.add(one(part.strip(), text));
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "selector (%s) must name at least one label, such as app=llama."
                            .formatted(text));
        }
        return labels ->
                all.stream().allMatch(test -> test.test(labels == null ? Map.of() : labels));
    }

    /// A label that every pod of a selector has, as `app=llama`; empty where it names no value.
    public static Optional<String> label(String text) {
        return Arrays.stream(text.split(",(?![^(]*\\))", -1))
                .map(EXACT::matcher)
                .filter(Matcher::matches)
                .map(exact -> exact.group(1) + "=" + exact.group(2))
                .findFirst();
    }

    /// Whether a selector speaks about a label.
    public static boolean mentions(String text, String label) {
        return Arrays.stream(text.split("[,()\\s]+", -1))
                .map(word -> word.replaceFirst("^!", "").replaceFirst("!?=.*", ""))
                .anyMatch(label::equals);
    }

    private static Predicate<Map<String, String>> one(String part, String whole) {
        var set = SET.matcher(part);
        if (set.matches()) {
            String key = set.group(1);
            var values = List.of(set.group(3).strip().split("\\s*,\\s*", -1));
            boolean in = set.group(2).equals("in");
            return labels -> in == (labels.containsKey(key) && values.contains(labels.get(key)));
        }
        if (part.startsWith("!")) {
            String key = part.substring(1).strip();
            return labels -> !labels.containsKey(key);
        }
        int not = part.indexOf("!=");
        if (not > 0) {
            String key = part.substring(0, not).strip();
            String value = part.substring(not + 2).strip();
            return labels -> !value.equals(labels.get(key));
        }
        int is = part.indexOf('=');
        if (is > 0) {
            String key = part.substring(0, is).strip();
            String value = part.substring(is + 1).replaceFirst("^=", "").strip();
            return labels -> value.equals(labels.get(key));
        }
        if (part.matches("[A-Za-z0-9./_-]+")) {
            return labels -> labels.containsKey(part);
        }
        throw new IllegalArgumentException(
                "selector (%s) must be a label selector such as app=llama,role in (a,b); \"%s\" is"
                                .formatted(whole, part)
                        + " none.");
    }
}
