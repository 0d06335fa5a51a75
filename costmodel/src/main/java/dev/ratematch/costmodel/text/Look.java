package dev.ratematch.costmodel.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// How text is shown: no wider than so many columns, and coloured or not. Colours are put on last,
/// so that widths are counted without them.
///
/// @param columns of the terminal; [#ANY] for a pipe or a file, whose reader folds as he likes
/// @param colour whether escape sequences may be used (ECMA-48, "select graphic rendition")
public record Look(int columns, boolean colour) {

    /// No limit.
    public static final int ANY = Integer.MAX_VALUE;

    /// For pipes, files and tests.
    public static final Look PLAIN = new Look(ANY, false);

    /// A name of at most so many characters with its text two blanks behind it begins a line that
    /// goes on below its text.
    private static final Pattern NAMED = Pattern.compile("\\s*\\S(?:.{0,30}?\\S)?\\s{2,}(?=\\S)");

    private static final int LEAST_TEXT = 24;

    /// A heading of a column or a part.
    public String heading(String text) {
        return coloured("1", text);
    }

    /// What is recommended, or kept.
    public String good(String text) {
        return coloured("32", text);
    }

    /// What holds or limits.
    public String limit(String text) {
        return coloured("33", text);
    }

    /// What is wrong, or broken.
    public String bad(String text) {
        return coloured("31", text);
    }

    private String coloured(String code, String text) {
        return colour && !text.isBlank() ? "\033[" + code + "m" + text + "\033[0m" : text;
    }

    /// A line in as many as it takes, by words; what goes on below is indented to where the text of
    /// the first begins. A word that is longer than the terminal stays whole.
    public List<String> folded(String line) {
        if (line.length() <= columns) {
            return List.of(line);
        }
        var named = NAMED.matcher(line);
        int indent =
                named.lookingAt() && columns - named.end() >= LEAST_TEXT
                        ? named.end()
                        : blanks(line);
        var lines = new ArrayList<String>();
        String rest = line;
        while (rest.length() > columns) {
            int cut = rest.lastIndexOf(' ', columns);
            if (cut <= indent) {
                cut = rest.indexOf(' ', indent + 1);
                if (cut < 0) {
                    break;
                }
            }
            lines.add(rest.substring(0, cut).stripTrailing());
            rest = " ".repeat(indent) + rest.substring(cut).strip();
        }
        lines.add(rest);
        return lines;
    }

    private static int blanks(String line) {
        return line.length() - line.stripLeading().length();
    }

    /// Lines in as many as they take, each ended.
    public String folded(List<String> lines) {
        var text = new StringBuilder();
        for (var line : lines) {
            folded(line).forEach(each -> text.append(each).append(System.lineSeparator()));
        }
        return text.toString();
    }

    /// A text of several lines, each in as many as it takes.
    public String text(String lines) {
        return columns == ANY ? lines : folded(lines.lines().toList());
    }
}
