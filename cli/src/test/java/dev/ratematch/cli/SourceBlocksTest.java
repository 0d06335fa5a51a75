package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ratematch.cli.SourceBlocks.Block;
import dev.ratematch.cli.SourceBlocks.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceBlocksTest {

    private static final String SOURCE =
            """
            /// Not a { block.
            @Tag("a")
            final class Sample<T> {
                private static final int[] SIZES = {1, 2};
                private final Runnable later =
                        () -> {
                            go("}");
                        };
                private final Comparator<T> order =
                        new Comparator<>() {
                            @Override
                            public int compare(T a, T b) {
                                return 0;
                            }
                        };

                Sample {
                    check('{');
                }

                @Deprecated(since = "(1)")
                @CsvSource({"1", "2"})
                void several(
                        int a, int b) {
                    for (int i = 0; i < 3; i++) {
                        run(() -> { park(); });
                    }
                    do {
                        if (a > b) { /* } */
                            park();
                        }
                    } while (more());
                }

                record Pair(int a, int b) {
                    String text() {
                        return \"""
                                } \\\""" {
                                \""";
                    }
                }
            }
            """;

    private static List<Block> blocks(Kind kind) {
        return SourceBlocks.of(SOURCE).stream().filter(b -> b.kind() == kind).toList();
    }

    @Test
    void methodsAreMeasuredFromTheirFirstWordToTheirLastBrace() {
        assertThat(blocks(Kind.METHOD))
                .extracting(Block::firstLine, Block::lines)
                .containsExactly(
                        tuple(5, 4), tuple(12, 3), tuple(17, 3), tuple(23, 11), tuple(36, 5));
    }

    @Test
    void typesAreNoMethods() {
        assertThat(blocks(Kind.TYPE)).extracting(Block::firstLine).containsExactly(9, 35, 3);
    }

    @Test
    void whatIsInALoopIsToldFromWhatIsNot() {
        int first = SOURCE.indexOf("park()");

        assertThat(blocks(Kind.LOOP)).extracting(Block::firstLine).containsExactly(25, 28);
        assertThat(blocks(Kind.LOOP)).filteredOn(loop -> loop.holds(first)).hasSize(1);
        assertThat(blocks(Kind.LOOP)).noneMatch(loop -> loop.holds(SOURCE.indexOf("check(")));
    }

    @Test
    void whatIsQuotedOrRemarkedIsNoCode() {
        assertThat(SourceBlocks.code("a /* { */ b // }\n\"\\\"{\" c '{'"))
                .isEqualTo("a         b     \n      c    ");
    }
}
