package dev.ratematch.harness.traffic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides how many tokens a prefix block has: what was asked for, else what the format usually
/// has, unless the count of ids and the length of the prompts, row by row, say otherwise.
///
/// @param tokens in a block; 0 where ids are to be ignored
/// @param notice what was taken and by which evidence; empty where nothing was in doubt
record BlockChoice(int tokens, Optional<String> notice) {

    private static final String OPTION = "--block-size";
    private static final int LARGEST = 1 << 16;

    /// Most over least size, below which rows of several lengths agree by no accident.
    private static final double NARROW = 1.25;

    /// How ids cover a prompt.
    private enum Cover {
        /// A block for its last tokens too, though they do not fill it.
        ALL(0, 1),
        /// Full blocks only.
        FULL(1, 0),
        /// Now one, now the other.
        EITHER(1, 1);

        private final int above;
        private final int below;

        Cover(int above, int below) {
            this.above = above;
            this.below = below;
        }

        /// Least tokens of a block of that row.
        double least(Row row) {
            return (double) row.inputTokens() / (row.ids().length + above);
        }

        /// Most tokens of a block of that row; infinite for a row of one block.
        double most(Row row) {
            return (double) row.inputTokens() / (row.ids().length - below);
        }
    }

    /// Sizes that all rows allow, and the rows that bound them.
    private record Range(Cover cover, Row least, Row most) {

        static Range of(Cover cover, List<Row> rows) {
            var least = rows.getFirst();
            var most = rows.getFirst();
            for (var row : rows) {
                least = cover.least(row) > cover.least(least) ? row : least;
                most = cover.most(row) < cover.most(most) ? row : most;
            }
            return new Range(cover, least, most);
        }

        boolean narrow() {
            return cover.most(most) <= NARROW * cover.least(least);
        }

        boolean holds(long tokens) {
            double from = cover.least(least);
            double to = cover.most(most);
            // A prompt of exactly so many blocks is at the closed end.
            return switch (cover) {
                case ALL -> tokens >= from && tokens < to;
                case FULL -> tokens > from && tokens <= to;
                case EITHER -> tokens > from && tokens < to;
            };
        }

        /// The one size that stands out: a power of two, else a multiple of 16, else a number.
        Optional<Integer> only() {
            for (int step : new int[] {0, 16, 1}) {
                var found = new ArrayList<Integer>();
                int tokens = Math.max(1, step);
                while (tokens <= LARGEST && found.size() < 2) {
                    if (holds(tokens)) {
                        found.add(tokens);
                    }
                    tokens = step == 0 ? 2 * tokens : tokens + step;
                }
                if (!found.isEmpty()) {
                    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
                }
            }
            return Optional.empty();
        }
    }

    /// Chooses.
    ///
    /// @param format name of the format
    /// @param usual what the format has, tokens
    /// @param asked value of the option; null where it was not given
    /// @throws IllegalArgumentException where no size fits; names line, values and option
    static BlockChoice of(String format, List<Row> rows, int usual, @Nullable Integer asked) {
        var given = rows.stream().filter(row -> row.ids().length > 0).toList();
        if (asked != null) {
            return asked(given, asked);
        }
        if (given.isEmpty() || !shared(given) || Range.of(Cover.EITHER, given).holds(usual)) {
            return new BlockChoice(usual, Optional.empty());
        }
        var overrun = given.stream().filter(row -> row.overrun(usual)).findFirst();
        for (var cover : Cover.values()) {
            var range = Range.of(cover, given);
            // Where ids may cover the beginning of a prompt only, a wide range says little.
            var size =
                    overrun.isPresent() || range.narrow()
                            ? range.only()
                            : Optional.<Integer>empty();
            if (size.isPresent()) {
                return new BlockChoice(
                        size.get(),
                        Optional.of(
                                ("hash_ids are taken as blocks of %d tokens, by their number and"
                                                + " input_length on all %d rows; the %s format has"
                                                + " %d. %s says otherwise.")
                                        .formatted(
                                                size.get(), given.size(), format, usual, OPTION)));
            }
        }
        if (overrun.isEmpty()) {
            return new BlockChoice(
                    usual,
                    Optional.of(
                            "hash_ids are taken as blocks of %d tokens, as the %s format has them, and cover only the beginning of some prompts. %s says otherwise."
                                    .formatted(usual, format, OPTION)));
        }
        throw new IllegalArgumentException(unfitting(overrun.get(), given, usual));
    }

    private static BlockChoice asked(List<Row> rows, int asked) {
        for (var row : rows) {
            if (asked > 0 && row.overrun(asked)) {
                throw new IllegalArgumentException(
                        "%s (%d) does not fit line %d: %d hash_ids begin past its input_length (%d). Blocks of at most %d tokens fit all rows; %s 0 ignores hash_ids."
                                .formatted(
                                        OPTION,
                                        asked,
                                        row.line(),
                                        row.ids().length,
                                        row.inputTokens(),
                                        widest(rows),
                                        OPTION));
            }
        }
        return new BlockChoice(asked, Optional.empty());
    }

    private static String unfitting(Row overrun, List<Row> rows, int usual) {
        var range = Range.of(Cover.ALL, rows);
        boolean contradict = range.cover().least(range.least()) >= range.cover().most(range.most());
        String why =
                contradict
                        ? "line %d (%d ids, input_length %d) needs blocks of at least %d tokens, line %d (%d ids, input_length %d) smaller ones"
                                .formatted(
                                        range.least().line(),
                                        range.least().ids().length,
                                        range.least().inputTokens(),
                                        (long) Math.ceil(range.cover().least(range.least())),
                                        range.most().line(),
                                        range.most().ids().length,
                                        range.most().inputTokens())
                        : "several sizes fit";
        return "line %d: hash_ids (%d of them) in blocks of %d tokens begin past input_length (%d), and the file does not tell another size: %s. Say %s: at most %d fit all rows, 0 ignores hash_ids."
                .formatted(
                        overrun.line(),
                        overrun.ids().length,
                        usual,
                        overrun.inputTokens(),
                        why,
                        OPTION,
                        widest(rows));
    }

    /// Most tokens of a block that no row's ids run past its prompt with.
    private static long widest(List<Row> rows) {
        return rows.stream()
                .filter(row -> row.ids().length > 1)
                .mapToLong(row -> (row.inputTokens() - 1L) / (row.ids().length - 1))
                .min()
                .orElse(LARGEST);
    }

    /// Whether two prompts begin alike: only then does the size matter.
    private static boolean shared(List<Row> rows) {
        var seen = new HashSet<Long>();
        return rows.stream().anyMatch(row -> !seen.add(row.ids()[0]));
    }
}
