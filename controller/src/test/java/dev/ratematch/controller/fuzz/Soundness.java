package dev.ratematch.controller.fuzz;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What must hold of whatever comes out, whatever went in.
final class Soundness {

    private static final int SENTENCE_CHARS_MAX = 2000;
    private static final int DEEPEST = 12;
    private static final Pattern STACK =
            Pattern.compile("\\tat |Exception|\\bjava\\.|dev\\.ratematch|\\w+Error\\b");
    private static final Pattern NO_JSON_NUMBER =
            Pattern.compile("\"\\w+\":\"?(NaN|-?Infinity)\"?[,}]");
    private static final Pattern QUOTED = Pattern.compile("\\\\?\"[^\n]*\\\\?\"");
    private static final Pattern NO_NUMBER = Pattern.compile("\\bNaN\\b|Infinity");

    /// Where infinite means saturated, and where it is the last bucket's bound.
    private static final Pattern INFINITE = Pattern.compile("\\.assessment\\.|\\.upper$");

    private static final ClassValue<List<RecordComponent>> PARTS =
            new ClassValue<>() {
                @Override
                protected List<RecordComponent> computeValue(Class<?> type) {
                    var parts = List.of(type.getRecordComponents());
                    parts.forEach(part -> part.getAccessor().setAccessible(true));
                    return parts;
                }
            };

    private Soundness() {}

    /// What is wrong with a message for people; empty when it is one.
    static Optional<String> sentence(String text) {
        if (text.isBlank()) {
            return Optional.of("a message is empty");
        }
        if (text.length() > SENTENCE_CHARS_MAX) {
            return Optional.of(
                    "a message of %d characters: %s"
                            .formatted(text.length(), text.substring(0, 200)));
        }
        if (STACK.matcher(text).find()) {
            return Optional.of("a message for programmers: " + text);
        }
        return text.strip().contains(" ")
                ? Optional.empty()
                : Optional.of("a message of one word: " + text);
    }

    /// Where a number in records is none; empty when all are.
    static Optional<String> finite(Object value, String where) {
        return finite(value, where, 0);
    }

    private static Optional<String> finite(@Nullable Object value, String where, int depth) {
        if (value instanceof Double number
                && (number.isNaN() || (number.isInfinite() && !INFINITE.matcher(where).find()))) {
            return Optional.of(where + " is " + number);
        }
        if (depth > DEEPEST || value == null) {
            return Optional.empty();
        }
        if (value instanceof Collection<?> all) {
            return all.stream()
                    .map(each -> finite(each, where + "[]", depth + 1))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
        if (!(value instanceof Record)) {
            return Optional.empty();
        }
        for (var component : PARTS.get(value.getClass())) {
            var wrong = finite(of(value, component), where + "." + component.getName(), depth + 1);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private static @Nullable Object of(Object owner, RecordComponent component) {
        try {
            return component.getAccessor().invoke(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Where people are shown no number; empty when nowhere. What is quoted was sent to us.
    static Optional<String> shown(String text) {
        var found = NO_NUMBER.matcher(QUOTED.matcher(text).replaceAll(""));
        if (!found.find()) {
            return Optional.empty();
        }
        int at = Math.min(found.start(), text.length());
        return Optional.of(
                "shown: ..."
                        + text.substring(Math.max(0, at - 80), Math.min(text.length(), at + 80)));
    }

    /// The same of JSON: its numbers, not its texts.
    static Optional<String> json(String text) {
        var found = NO_JSON_NUMBER.matcher(text);
        return found.find() ? Optional.of("shown: " + found.group()) : Optional.empty();
    }
}
