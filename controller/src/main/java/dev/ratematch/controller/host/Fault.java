package dev.ratematch.controller.host;

import java.util.Locale;
import java.util.regex.Pattern;

/// What went wrong, in words for people: no name of a class is among them.
public final class Fault {

    /// A class with its package, or an exception without one.
    private static final Pattern CLASS =
            Pattern.compile("\\b(?:[a-z]\\w*\\.){2,}[A-Z][\\w$]*|\\b[A-Z]\\w*Exception\\b");

    private static final Pattern WORDS = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private Fault() {}

    /// What a failure says of itself; where it says nothing, or is a fault of ours that says it to
    /// programmers, what kind of fault it is.
    public static String of(Throwable failure) {
        String said = failure.getMessage();
        return said == null || said.isBlank() || ours(failure)
                ? "internal fault (%s)".formatted(words(failure.getClass().getSimpleName()))
                : clean(said);
    }

    private static boolean ours(Throwable failure) {
        return failure instanceof NullPointerException
                || failure instanceof ClassCastException
                || failure instanceof IndexOutOfBoundsException
                || failure instanceof Error;
    }

    /// A text without names of classes: `java.net.ConnectException: no` becomes `connect: no`.
    public static String clean(String text) {
        return CLASS.matcher(text).replaceAll(found -> words(found.group()));
    }

    private static String words(String name) {
        String simple = name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
        String kind = simple.replaceFirst("(?<=.)(Exception|Error)$", "");
        return String.join(" ", WORDS.split(kind)).toLowerCase(Locale.ROOT);
    }
}
