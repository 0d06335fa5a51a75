package dev.ratematch.controller.filter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.costmodel.units.Names;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One JSON object read field by field: missing and null are the same, a wrong type or range is
/// refused by the field's full name, and what nobody asked for is reported.
final class Fields {

    private static final int SHOWN = 60;

    private final @Nullable JsonNode node;
    private final String path;
    private final Set<String> asked = new LinkedHashSet<>();

    private Fields(@Nullable JsonNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /// The top of a line.
    static Fields of(JsonNode node) {
        return new Fields(node, "");
    }

    private @Nullable JsonNode find(String name) {
        asked.add(name);
        var value = node == null ? null : node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    boolean has(String name) {
        return find(name) != null;
    }

    private IllegalArgumentException wrong(String name, JsonNode value, String right) {
        return new IllegalArgumentException(
                "%s (%s) must be %s.".formatted(path + name, shown(value), right));
    }

    Fields object(String name) {
        var value = find(name);
        if (value != null && !value.isObject()) {
            throw wrong(name, value, "an object");
        }
        return new Fields(value, path + name + ".");
    }

    /// The objects of a list; none where it is missing.
    List<Fields> objects(String name) {
        var value = find(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(name, value, "a list");
        }
        var objects = new ArrayList<Fields>();
        for (int i = 0; i < value.size(); i++) {
            String at = "%s[%d]".formatted(name, i);
            if (!value.get(i).isObject()) {
                throw wrong(at, value.get(i), "an object");
            }
            objects.add(new Fields(value.get(i), path + at + "."));
        }
        return objects;
    }

    /// The names of all fields that are given.
    List<String> names() {
        var names = new ArrayList<String>();
        if (node != null) {
            node.fieldNames().forEachRemaining(names::add);
        }
        return names;
    }

    /// A field's full name.
    String path(String name) {
        return path + name;
    }

    /// A field's value as it is shown in a refusal.
    String shown(String name) {
        var value = node == null ? null : node.get(name);
        return value == null ? "null" : shown(value);
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }

    /// Refuses what is given and nobody asked for.
    void refuseOthers() {
        for (String name : names()) {
            if (!asked.contains(name)) {
                throw new IllegalArgumentException(
                        "%s (%s) is not known; did you mean \"%s\"? Known: %s."
                                .formatted(
                                        path(name),
                                        shown(name),
                                        Names.nearest(name, asked),
                                        String.join(", ", asked)));
            }
        }
    }

    @Nullable String text(String name) {
        var value = find(name);
        if (value != null && !value.isTextual()) {
            throw wrong(name, value, "a string");
        }
        return value == null ? null : value.textValue();
    }

    String requiredText(String name) {
        var value = text(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(path + name + " is missing; it must be a string.");
        }
        return value;
    }

    @Nullable Double number(String name, double least, double most) {
        var value = find(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw wrong(name, value, "a number");
        }
        double number = value.doubleValue();
        if (!(number >= least && number <= most)) {
            throw wrong(name, value, "between " + plain(least) + " and " + plain(most));
        }
        return number;
    }

    double requiredNumber(String name, double least, double most) {
        var value = number(name, least, most);
        if (value == null) {
            throw new IllegalArgumentException(path + name + " is missing; it must be a number.");
        }
        return value;
    }

    @Nullable Integer whole(String name, int least, int most) {
        var number = number(name, least, most);
        if (number == null) {
            return null;
        }
        if (number != Math.rint(number)) {
            var value = find(name);
            throw new IllegalArgumentException(
                    "%s (%s) must be a whole number.".formatted(path + name, value));
        }
        return (int) (double) number;
    }

    int requiredWhole(String name, int least, int most) {
        var value = whole(name, least, most);
        if (value == null) {
            throw new IllegalArgumentException(
                    path + name + " is missing; it must be a whole number.");
        }
        return value;
    }

    Reading reading(String name, double least, double most) {
        var number = number(name, least, most);
        return number == null ? missing(name) : Reading.of(number);
    }

    Reading count(String name, int most) {
        var number = whole(name, 0, most);
        return number == null ? missing(name) : Reading.of(number);
    }

    private Reading missing(String name) {
        return new Reading.Unknown(path + name + " is not given");
    }

    /// Adds the fields that were present and never asked for.
    void unknown(List<UnknownField> found) {
        for (String name : names()) {
            if (!asked.contains(name)) {
                found.add(new UnknownField(path(name), path(Names.nearest(name, asked))));
            }
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e7
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
