package dev.ratematch.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The blocks of a Java source by its braces: enough to measure methods, and to see what stands in
/// a loop. It relies on the formatting that the build enforces, not on a grammar.
final class SourceBlocks {

    /// What a block is the body of.
    enum Kind {
        TYPE,
        METHOD,
        LOOP,
        OTHER
    }

    /// One block with what stands before its brace, annotations excepted.
    ///
    /// @param firstLine the line where that begins, from 1
    /// @param lastLine the line of the closing brace
    /// @param from offset of the opening brace
    /// @param to offset of the closing brace
    record Block(Kind kind, String header, int firstLine, int lastLine, int from, int to) {

        int lines() {
            return lastLine - firstLine + 1;
        }

        boolean holds(int offset) {
            return from < offset && offset < to;
        }
    }

    private static final Pattern ANNOTATIONS =
            Pattern.compile("^(?:[\\s)]++|@[\\w.]++(?:\\((?:[^()]++|\\([^()]*+\\))*+\\))?+)++");
    private static final Pattern TYPE =
            Pattern.compile("^[^(=]*\\b(?:class|interface|enum|record)\\s+\\w+");
    private static final Pattern ANONYMOUS =
            Pattern.compile("\\bnew\\s+[\\w.]+(?:<[^()]*>)?\\s*\\([^{};]*\\)\\s*$");
    private static final Pattern LOOP = Pattern.compile("(?:^|\\s)(?:for|while|do)(?:\\s*\\(|$)");
    private static final Pattern ARRAY = Pattern.compile("=\\s*$");

    private record Open(Kind kind, String header, int firstLine, int from, int parentheses) {}

    private SourceBlocks() {}

    /// Every block, inner ones before those around them.
    static List<Block> of(String source) {
        String code = code(source);
        var open = new ArrayDeque<Open>();
        var blocks = new ArrayList<Block>();
        int start = 0;
        int parentheses = 0;
        for (int i = 0; i < code.length(); i++) {
            switch (code.charAt(i)) {
                case '(' -> parentheses++;
                case ')' -> parentheses--;
                case ';' -> start = parentheses == 0 ? i + 1 : start;
                case '{' -> {
                    var annotations = ANNOTATIONS.matcher(code).region(start, i);
                    int begin = annotations.lookingAt() ? annotations.end() : start;
                    String header = code.substring(begin, i).strip();
                    boolean member = open.isEmpty() || open.element().kind() == Kind.TYPE;
                    var kind = kind(header, member && parentheses == 0);
                    open.push(new Open(kind, header, line(code, begin), i, parentheses));
                    parentheses = 0;
                    start = i + 1;
                }
                case '}' -> {
                    var it = open.pop();
                    blocks.add(
                            new Block(
                                    it.kind(),
                                    it.header(),
                                    it.firstLine(),
                                    line(code, i),
                                    it.from(),
                                    i));
                    parentheses = it.parentheses();
                    start = i + 1;
                }
                default -> {}
            }
        }
        return blocks;
    }

    private static Kind kind(String header, boolean member) {
        if (TYPE.matcher(header).find() || ANONYMOUS.matcher(header).find()) {
            return Kind.TYPE;
        }
        if (member) {
            return ARRAY.matcher(header).find() ? Kind.OTHER : Kind.METHOD;
        }
        return LOOP.matcher(header).find() ? Kind.LOOP : Kind.OTHER;
    }

    /// The line of an offset, from 1.
    static int line(String text, int offset) {
        return 1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    }

    /// The source with comments and what stands between quotes blanked out, at its old offsets.
    static String code(String source) {
        var code = new StringBuilder(source);
        int i = 0;
        while (i < source.length()) {
            int end = i;
            if (source.startsWith("\"\"\"", i)) {
                end = closing(source, i + 3, "\"\"\"") + 3;
            } else if (source.startsWith("//", i)) {
                end = closing(source, i, "\n");
            } else if (source.startsWith("/*", i)) {
                end = closing(source, i + 2, "*/") + 2;
            } else if (source.charAt(i) == '"' || source.charAt(i) == '\'') {
                end = closing(source, i + 1, source.substring(i, i + 1)) + 1;
            }
            for (int at = i; at < Math.min(end, source.length()); at++) {
                code.setCharAt(at, source.charAt(at) == '\n' ? '\n' : ' ');
            }
            i = Math.max(end, i + 1);
        }
        return code.toString();
    }

    /// Where that stands next and no backslash escapes it; the end of the source if nowhere.
    private static int closing(String source, int from, String mark) {
        boolean quote = mark.startsWith("\"") || mark.equals("'");
        int at = from;
        while (at < source.length() && !source.startsWith(mark, at)) {
            at += quote && source.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, source.length());
    }
}
