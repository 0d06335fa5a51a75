package dev.ratematch.costmodel.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// A text table: columns that are text are left-aligned, numbers right-aligned. Where it is wider
/// than the terminal, its widest cells go on below by words, headings first, and numbers stay
/// whole.
public final class Grid {

    private static final String GAP = "  ";

    /// Where two blanks between columns would make it too wide.
    private static final String NARROW_GAP = " ";

    private static final Pattern NUMBER = Pattern.compile("[0-9]");

    private final List<List<String>> rows = new ArrayList<>();
    private final int textColumns;
    private final boolean textLast;

    /// An empty table.
    ///
    /// @param textColumns leading columns that are text
    public Grid(int textColumns, String... header) {
        this(textColumns, false, header);
    }

    /// @param textLast whether the last column is text too
    public Grid(int textColumns, boolean textLast, String... header) {
        this.textColumns = textColumns;
        this.textLast = textLast;
        rows.add(List.of(header));
    }

    /// Adds a row as wide as the header.
    public void row(String... fields) {
        if (fields.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(
                    "fields (%d) must be %d.".formatted(fields.length, rows.getFirst().size()));
        }
        rows.add(List.of(fields));
    }

    /// The lines, each ended.
    public String text(Look look) {
        String gap = GAP;
        int[] widths = widths(look.columns(), gap);
        if (IntStream.of(widths).sum() + gap.length() * (widths.length - 1L) > look.columns()) {
            gap = NARROW_GAP;
            widths = widths(look.columns(), gap);
        }
        var text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            for (var line : lines(rows.get(r), widths, gap)) {
                text.append(r == 0 ? look.heading(line) : line).append(System.lineSeparator());
            }
        }
        return text.toString();
    }

    /// A row, each of its cells in as many lines as its column's width takes.
    private List<String> lines(List<String> row, int[] widths, String gap) {
        var cells = new ArrayList<List<String>>();
        for (int c = 0; c < row.size(); c++) {
            cells.add(wrapped(row.get(c), widths[c]));
        }
        int height = cells.stream().mapToInt(List::size).max().orElse(1);
        var lines = new ArrayList<String>();
        for (int i = 0; i < height; i++) {
            var line = new StringBuilder();
            for (int c = 0; c < row.size(); c++) {
                String cell = i < cells.get(c).size() ? cells.get(c).get(i) : "";
                String pad = " ".repeat(Math.max(0, widths[c] - cell.length()));
                line.append(c == 0 ? "" : gap).append(isText(c) ? cell + pad : pad + cell);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private boolean isText(int column) {
        return column < textColumns || (textLast && column == rows.getFirst().size() - 1);
    }

    /// Headings are folded before what they are over.
    private int[] widths(int most, String gap) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        int[] headed = new int[columns];
        int[] least = new int[columns];
        for (int c = 0; c < columns; c++) {
            headed[c] = longestWord(rows.getFirst().get(c));
            least[c] = headed[c];
            widths[c] = rows.getFirst().get(c).length();
            for (var row : rows.subList(1, rows.size())) {
                String cell = row.get(c);
                widths[c] = Math.max(widths[c], cell.length());
                headed[c] = Math.max(headed[c], cell.length());
                least[c] =
                        Math.max(
                                least[c],
                                isText(c) || !NUMBER.matcher(cell).find()
                                        ? longestWord(cell)
                                        : cell.length());
            }
        }
        int room = most == Look.ANY ? most : most - gap.length() * (columns - 1);
        shrink(widths, headed, room);
        shrink(widths, least, room);
        return widths;
    }

    private static void shrink(int[] widths, int[] least, int room) {
        while (IntStream.of(widths).sum() > room) {
            int widest = -1;
            for (int c = 0; c < widths.length; c++) {
                if (widths[c] > least[c] && (widest < 0 || widths[c] > widths[widest])) {
                    widest = c;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    private static int longestWord(String cell) {
        int longest = 0;
        for (String word : cell.split(" ", -1)) {
            longest = Math.max(longest, word.length());
        }
        return longest;
    }

    private static List<String> wrapped(String cell, int width) {
        if (cell.length() <= width) {
            return List.of(cell);
        }
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : cell.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
