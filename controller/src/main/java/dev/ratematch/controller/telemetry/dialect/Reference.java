package dev.ratematch.controller.telemetry.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The series of one name whose labels pass: `name{label="value",other!~"a|b"}`.
///
/// @param name as exposed; of a histogram without its suffixes
public record Reference(String name, List<Matcher> matchers) {

    private static final Pattern WHOLE =
            Pattern.compile("\\s*([a-zA-Z_:][\\w:]*)\\s*(?:\\{(.*)})?\\s*");
    private static final Pattern MATCHER =
            Pattern.compile("\\s*([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"\\s*(?:,|$)");

    public Reference {
        matchers = List.copyOf(matchers);
    }

    /// Reads one.
    ///
    /// @throws IllegalArgumentException when the text is none
    public static Reference parse(String text) {
        var whole = WHOLE.matcher(text);
        if (!whole.matches()) {
            throw wrong(text);
        }
        var matchers = new ArrayList<Matcher>();
        @Nullable String braces = whole.group(2);
        String inside = braces == null ? "" : braces.strip();
        var next = MATCHER.matcher(inside);
        int at = 0;
        while (at < inside.length()) {
            if (!next.find(at) || next.start() != at) {
                throw wrong(text);
            }
            String values = next.group(3);
            boolean several = next.group(2).endsWith("~");
            matchers.add(
                    new Matcher(
                            next.group(1),
                            several ? List.of(values.split("\\|", -1)) : List.of(values),
                            next.group(2).startsWith("!")));
            at = next.end();
        }
        return new Reference(whole.group(1), matchers);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "\"%s\" names no metric; write name or name{label=\"value\"}.".formatted(text));
    }

    /// The same series under another name.
    public Reference named(String other) {
        return new Reference(other, matchers);
    }

    /// The series of these whose label passes too.
    public Reference within(Matcher more) {
        var all = new ArrayList<>(matchers);
        all.add(more);
        return new Reference(name, all);
    }

    /// Whether labels pass, given as a function from name to value.
    public boolean fits(Function<String, @Nullable String> labels) {
        for (var matcher : matchers) {
            String value = labels.apply(matcher.label());
            if (!matcher.fits(value == null ? "" : value)) {
                return false;
            }
        }
        return true;
    }
}
