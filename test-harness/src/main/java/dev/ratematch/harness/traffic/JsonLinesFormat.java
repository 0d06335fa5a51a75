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
import org.jspecify.annotations.Nullable;

/// JSON Lines with `timestamp`, `input_length`, `output_length` and prefix blocks in `hash_ids`:
/// Mooncake and Qwen-Bailian.
final class JsonLinesFormat implements RowFormat {

    /// What tells the families apart.
    ///
    /// @param name for reports
    /// @param unit what `timestamp` usually counts
    /// @param blockTokens tokens that a prefix block usually has
    /// @param tickSeconds see [RowFormat#tickSeconds()]
    record Family(String name, ClockUnit unit, int blockTokens, int tickSeconds) {}

    static final Family MOONCAKE = new Family("mooncake", ClockUnit.MILLISECONDS, 512, 3);
    static final Family BAILIAN = new Family("qwen-bailian", ClockUnit.SECONDS, 16, 0);

    private static final JsonFactory JSON = new JsonFactory();
    private static final String TIME = "timestamp";
    private static final String INPUT = "input_length";
    private static final String OUTPUT = "output_length";
    private static final String BLOCKS = "hash_ids";

    private final Family family;
    private final WallClock clock = new WallClock(TIME);
    private @Nullable TimeAxis axis;
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
    public int blockTokens() {
        return family.blockTokens();
    }

    @Override
    public TimeAxis time() {
        return axis == null ? TimeAxis.usual(TIME, family.unit()) : axis;
    }

    @Override
    public void read(String line, long number, Rows rows) throws BadRow {
        String timeText = "";
        int input = 0;
        int output = 0;
        long[] prefix = Row.NO_IDS;
        try (var json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new BadRow("the row", line, "must be a JSON object.");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case TIME -> timeText = scalar(json, TIME, "must be a time.");
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
        present(TIME, !timeText.isEmpty(), line);
        present(INPUT, input > 0, line);
        present(OUTPUT, output > 0, line);
        boolean wall = WallClock.looksLike(timeText);
        var at = stamp(timeText, wall);
        rows.add(new Row(number, at, input, output, prefix, ""), TIME, timeText);
        axis = wall ? TimeAxis.wall(TIME) : TimeAxis.usual(TIME, family.unit());
    }

    private static void present(String key, boolean present, String line) throws BadRow {
        if (!present) {
            throw new BadRow(key, "missing in " + line, "must be given.");
        }
    }

    private Stamp stamp(String text, boolean wall) throws BadRow {
        boolean before = axis != null && axis.certainty() == TimeAxis.Certainty.WALL;
        if (axis != null && wall != before) {
            throw new BadRow(
                    TIME,
                    text,
                    before
                            ? "must be a date with a time of day, as in the rows above."
                            : "must be a number, as in the rows above.");
        }
        return wall ? clock.stamp(text) : Stamp.parse(TIME, text);
    }

    /// A number or text as it stands; some writers quote numbers.
    private static String scalar(JsonParser json, String key, String right)
            throws IOException, BadRow {
        if (!json.currentToken().isScalarValue()) {
            throw new BadRow(key, json.getText(), right);
        }
        return json.getText().strip();
    }

    private static int tokens(JsonParser json, String key) throws IOException, BadRow {
        String text = scalar(json, key, "must be a whole number of tokens, at least 1.");
        return Fields.tokens(key, text, 1);
    }

    private long[] blocks(JsonParser json) throws IOException, BadRow {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return Row.NO_IDS;
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
        return count == 0 ? Row.NO_IDS : Arrays.copyOf(ids, count);
    }
}
