package dev.ratematch.controller.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Changes of an answer of the query API, by its grammar: fields, lists of series, series with
/// labels, samples of a time and a text.
final class TreeChange {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int DEEPER = 5;

    private static final List<String> FIELDS =
            List.of(
                    "status",
                    "error",
                    "errorType",
                    "warnings",
                    "infos",
                    "isPartial",
                    "data",
                    "result",
                    "resultType",
                    "metric",
                    "values",
                    "value",
                    "stats",
                    "trace",
                    "");

    private TreeChange() {}

    /// Changes an answer in some ways.
    static void some(ObjectNode answer, Dice dice) {
        for (int i = dice.below(4); i >= 0; i--) {
            JsonNode at = answer;
            String where = "";
            JsonNode next = at;
            while (next.isContainerNode()
                    && !next.isEmpty()
                    && (where.isEmpty() || !dice.oneIn(DEEPER))) {
                at = next;
                if (at instanceof ArrayNode list) {
                    int index = dice.below(list.size());
                    where += "/" + index;
                    next = list.get(index);
                } else {
                    String field = dice.any(names(at));
                    where += "/" + field;
                    next = at.get(field);
                }
            }
            if (at.isEmpty()) {
                return;
            }
            dice.note("at %s".formatted(where));
            change(at, where.substring(where.lastIndexOf('/') + 1), dice);
        }
    }

    private static List<String> names(JsonNode of) {
        var names = new ArrayList<String>();
        of.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void change(JsonNode parent, String key, Dice dice) {
        switch (parent) {
            case ObjectNode fields -> field(fields, key, dice);
            case ArrayNode list when !list.isEmpty() -> item(list, Integer.parseInt(key), dice);
            default -> {}
        }
    }

    private static void field(ObjectNode fields, String key, Dice dice) {
        var value = fields.get(key);
        int kind = dice.below(6);
        dice.note("field change %d".formatted(kind));
        switch (kind) {
            case 0 -> fields.remove(key);
            case 1 -> fields.set(dice.oneIn(2) ? dice.any(FIELDS) : dice.oddText(), value);
            case 2 -> {
                fields.remove(key);
                fields.set(dice.any(FIELDS), value);
            }
            case 3 -> {
                var all = new ArrayList<>(fields.properties());
                fields.removeAll();
                for (Map.Entry<String, JsonNode> each : all.reversed()) {
                    fields.set(each.getKey(), each.getValue());
                }
            }
            case 4 -> fields.set(dice.any(FIELDS), odd(value, dice));
            default -> fields.set(key, odd(value, dice));
        }
    }

    private static void item(ArrayNode list, int index, Dice dice) {
        var value = list.get(index);
        int kind = dice.below(7);
        dice.note("item change %d".formatted(kind));
        switch (kind) {
            case 0 -> list.remove(index);
            case 1 -> list.insert(index, value.deepCopy());
            case 2 -> {
                var first = list.get(0);
                list.set(0, value);
                list.set(index, first);
            }
            case 3 -> {
                var all = new ArrayList<JsonNode>();
                list.forEach(all::add);
                list.removeAll();
                list.addAll(all.reversed());
            }
            case 4 -> {
                int most = 2_000_000 / (1 + value.toString().length());
                for (int i = Math.min(10 << dice.below(8), most); i >= 0; i--) {
                    list.add(value);
                }
            }
            case 5 -> list.insert(index, odd(value, dice));
            default -> list.set(index, odd(value, dice));
        }
    }

    private static JsonNode odd(JsonNode value, Dice dice) {
        int kind = dice.below(13);
        dice.note("odd %d".formatted(kind));
        return switch (kind) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(dice.oneIn(2));
            case 2 -> NODES.numberNode(dice.below(100) - 50);
            case 3 -> NODES.numberNode(new BigDecimal("1e" + (dice.below(800) - 400)));
            case 4 -> NODES.textNode(dice.oddText());
            case 5 -> NODES.arrayNode();
            case 6 -> NODES.objectNode();
            case 7 -> NODES.arrayNode().add(value);
            case 8 -> NODES.objectNode().set("a", value);
            case 9 -> {
                JsonNode deep = value;
                for (int i = dice.below(150); i > 0; i--) {
                    deep = NODES.arrayNode().add(deep);
                }
                yield deep;
            }
            case 10 ->
                    value.isNumber()
                            ? NODES.numberNode(value.asDouble() + dice.factor() - dice.factor())
                            : NODES.arrayNode().add("accepted").add(dice.oddText());
            default -> NODES.textNode(dice.oddNumber());
        };
    }
}
