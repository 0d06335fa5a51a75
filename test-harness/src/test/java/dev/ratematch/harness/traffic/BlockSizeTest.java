package dev.ratematch.harness.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How many tokens a prefix block has, as ids and lengths of prompts tell.
class BlockSizeTest {

    private static final int[] LENGTHS = {700, 1500, 2560, 3001, 4096, 9999};

    private static TraceReader.Loaded read(String text, @Nullable Integer blockTokens)
            throws IOException {
        var options = new TraceReader.Options(false, true, 1, null, blockTokens);
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return TraceReader.read("t", new ByteArrayInputStream(bytes), options);
    }

    private static String row(int number, int length, int ids) {
        String list =
                IntStream.range(0, ids)
                        .mapToObj(i -> "" + (i == 0 ? 0 : 1000 * number + i))
                        .collect(Collectors.joining(", "));
        return "{\"timestamp\": %d, \"input_length\": %d, \"output_length\": 9, \"hash_ids\": [%s]}\n"
                .formatted(1 + 1000 * number, length, list);
    }

    /// Rows of all lengths that share their first block.
    private static String trace(IntUnaryOperator ids) {
        var text = new StringBuilder();
        for (int i = 0; i < LENGTHS.length; i++) {
            text.append(row(i, LENGTHS[i], ids.applyAsInt(LENGTHS[i])));
        }
        return text.toString();
    }

    private static int blocks(TraceReader.Loaded loaded) {
        return loaded.trace().requests().getFirst().prefix().blockTokens();
    }

    private static void tells(int tokens, IntUnaryOperator ids) throws IOException {
        var loaded = read(trace(ids), null);
        assertThat(blocks(loaded)).isEqualTo(tokens);
        if (tokens == 512) {
            assertThat(loaded.notices()).isEmpty();
        } else {
            assertThat(loaded.notices())
                    .singleElement()
                    .asString()
                    .contains("blocks of %d tokens".formatted(tokens), "--block-size");
        }
    }

    @Test
    void theRowsTellTheSize() throws IOException {
        for (int size : new int[] {16, 32, 64, 100, 128, 256, 512, 1024}) {
            tells(size, n -> Math.ceilDiv(n, size));
        }
        for (int size : new int[] {16, 64, 256, 512}) {
            tells(size, n -> n / size);
        }
    }

    @Test
    void equalRowsTellItToo() throws IOException {
        var loaded = read(row(0, 2560, 40) + row(1, 2560, 40), null);
        assertThat(blocks(loaded)).isEqualTo(64);
    }

    @Test
    void rowsWithoutIdsOrSharingSayNothing() throws IOException {
        String none = "{\"timestamp\": 9001, \"input_length\": 9, \"output_length\": 9}\n";
        var mixed = read(trace(n -> Math.ceilDiv(n, 64)) + none, null);
        assertThat(blocks(mixed)).isEqualTo(64);
        assertThat(mixed.trace().requests().getLast().prefix()).isEqualTo(Request.NONE);
        var alone = read(row(0, 100, 9), null);
        assertThat(blocks(alone)).isEqualTo(512);
        assertThat(alone.notices()).isEmpty();
    }

    @Test
    void idsOfTheBeginningOnlyAreTakenWithANotice() throws IOException {
        var loaded = read(trace(_ -> 1), null);
        assertThat(blocks(loaded)).isEqualTo(512);
        assertThat(loaded.notices()).singleElement().asString().contains("only the beginning");
    }

    @Test
    void rowsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> read(row(0, 2560, 40) + row(1, 2560, 5), null))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("t: line 1: hash_ids (40 of them) in blocks of 512 tokens")
                .hasMessageContaining(
                        "line 2 (5 ids, input_length 2560) needs blocks of at least 512")
                .hasMessageContaining("--block-size: at most 65 fit all rows, 0 ignores");
    }

    @Test
    void whatIsAskedForGoesFirstWhereItFits() throws IOException {
        var small = read(trace(n -> Math.ceilDiv(n, 64)), 32);
        assertThat(blocks(small)).isEqualTo(32);
        assertThat(small.notices()).isEmpty();
        assertThat(read(row(0, 2560, 40) + row(1, 2560, 5), 0).trace().requests())
                .allMatch(request -> request.prefix().equals(Request.NONE));
        assertThatThrownBy(() -> read(trace(n -> Math.ceilDiv(n, 64)), 512))
                .hasMessageContaining("--block-size (512) does not fit line 1")
                .hasMessageContaining("at most 64 tokens");
        assertThatThrownBy(() -> read("", -1)).hasMessageContaining("--block-size (-1");
    }
}
