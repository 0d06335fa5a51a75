package dev.ratematch.controller.telemetry;

/// A body that is not metrics text, or a line of it that cannot be read. The message is for people:
/// it says what the body looks like and what to check.
public final class ExpositionException extends IllegalArgumentException {

    private static final int SHOWN_CHARS = 120;

    private final int line;

    private ExpositionException(int line, String message) {
        super(message);
        this.line = line;
    }

    /// The whole body is something else.
    static ExpositionException body(String looksLike, CharSequence body, String check) {
        return new ExpositionException(
                0,
                "The body is not Prometheus metrics text: %s. It begins with \"%s\". %s"
                        .formatted(shown(looksLike, SHOWN_CHARS), shown(body, 60), check));
    }

    /// One line of it is malformed.
    static ExpositionException line(int line, CharSequence text, String problem) {
        return new ExpositionException(
                line,
                "Line %d of the metrics text cannot be read: %s. The line is \"%s\"."
                        .formatted(line, shown(problem, SHOWN_CHARS), shown(text, SHOWN_CHARS)));
    }

    /// The line that is malformed, counted from 1; 0 when the body as a whole is refused.
    public int line() {
        return line;
    }

    private static String shown(CharSequence text, int most) {
        var out = new StringBuilder();
        int end = Math.min(most, text.length());
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c == 0x7f || c == 0xfffd ? ' ' : c);
        }
        return end < text.length() ? out.append("...").toString() : out.toString();
    }
}
