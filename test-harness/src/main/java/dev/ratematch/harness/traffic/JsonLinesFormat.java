package dev.ratematch.harness.traffic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// JSON Lines with `timestamp`, `input_length`, `output_length` and prefix blocks in `hash_ids`:
/// Mooncake and Qwen-Bailian.
final class JsonLinesFormat implements RowFormat {

    /// What tells the families apart.
    ///
    /// @param name for reports
    /// @param unitNanos length of one unit of `timestamp`
    /// @param unit that unit in words
    /// @param blockTokens tokens in one prefix block
    /// @param tickSeconds see [RowFormat#tickSeconds()]
    record Family(String name, long unitNanos, String unit, int blockTokens, int tickSeconds) {}

    static final Family MOONCAKE = new Family("mooncake", 1_000_000L, "milliseconds", 512, 3);
    static final Family BAILIAN = new Family("qwen-bailian", 1_000_000_000L, "seconds", 16, 0);

    private static final JsonFactory JSON = new JsonFactory();
    private static final String TIME = "timestamp";
    private static final String INPUT = "input_length";
    private static final String OUTPUT = "output_length";
    private static final String BLOCKS = "hash_ids";

    private final Family family;
    private long[] ids = new long[256];

    JsonLinesFormat(Family family) {
        this.family = family;
    }

    /// Keys of the object on a line; empty where it is no object.
    static Set<String> keys(String line) {
        var keys = new HashSet<String>();
        try (var json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return keys;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                keys.add(json.currentName());
                json.nextToken();
                json.skipChildren();
            }
        } catch (JsonProcessingException e) {
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    static boolean matches(Set<String> keys) {
        return keys.contains(TIME) && keys.contains(INPUT) && keys.contains(OUTPUT);
    }

    /// Qwen-Bailian rows know their conversation; Mooncake's do not.
    static Family family(Set<String> keys) {
        return keys.contains("chat_id") || keys.contains("turn") ? BAILIAN : MOONCAKE;
    }

    @Override
    public String name() {
        return family.name();
    }

    @Override
    public int tickSeconds() {
        return family.tickSeconds();
    }

    @Override
    public void read(String line, Rows rows) throws BadRow {
        long atNanos = -1;
        String timeText = "";
        int input = 0;
        int output = 0;
        var prefix = Request.NONE;
        try (var json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new BadRow("the row", line, "must be a JSON object.");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case TIME -> {
                        timeText = json.getText();
                        atNanos = time(json, timeText);
                    }
                    case INPUT -> input = tokens(json, INPUT);
                    case OUTPUT -> output = tokens(json, OUTPUT);
                    case BLOCKS -> prefix = blocks(json);
                    default -> json.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            throw new BadRow("the row", line, "must be one whole JSON object.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        present(TIME, atNanos >= 0, line);
        present(INPUT, input > 0, line);
        present(OUTPUT, output > 0, line);
        rows.add(TIME, timeText, atNanos, input, output, prefix, "", this);
    }

    private static void present(String key, boolean present, String line) throws BadRow {
        if (!present) {
            throw new BadRow(key, "missing in " + line, "must be given.");
        }
    }

    private long time(JsonParser json, String text) throws IOException, BadRow {
        String plain = text;
        if (json.currentToken() == JsonToken.VALUE_NUMBER_FLOAT && text.indexOf('e') >= 0) {
            plain = json.getDecimalValue().toPlainString();
        }
        return Fields.decimalNanos(TIME, plain, family.unitNanos(), family.unit());
    }

    private static int tokens(JsonParser json, String key) throws IOException, BadRow {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            long value =
                    json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? -1
                            : json.getLongValue();
            if (value >= 1 && value <= Integer.MAX_VALUE) {
                return (int) value;
            }
        }
        throw new BadRow(key, json.getText(), "must be a whole number of tokens, at least 1.");
    }

    private Request.Prefix blocks(JsonParser json) throws IOException, BadRow {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return Request.NONE;
        }
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new BadRow(BLOCKS, json.getText(), "must be a list of whole numbers.");
        }
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw new BadRow(
                        BLOCKS, json.getText(), "must be a list of whole numbers of 64 bits.");
            }
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, count * 2);
            }
            ids[count++] = json.getLongValue();
        }
        return count == 0
                ? Request.NONE
                : new Request.Prefix(family.blockTokens(), Arrays.copyOf(ids, count));
    }
}
