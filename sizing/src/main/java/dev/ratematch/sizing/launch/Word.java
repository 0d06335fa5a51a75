package dev.ratematch.sizing.launch;

import java.util.regex.Pattern;

/// One word of a command line.
///
/// @param text as the program gets it, or what a shell makes it of
/// @param expands whether a shell has to put values in
public record Word(String text, boolean expands) {

    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    /// A word as it stands.
    public static Word of(Object text) {
        return new Word(String.valueOf(text), false);
    }

    /// A word that a shell puts values into, such as `$LWS_LEADER_ADDRESS`.
    public static Word shell(String text) {
        return new Word(text, true);
    }

    /// As it is written for a shell.
    public String quoted() {
        if (expands) {
            return "\"" + text + "\"";
        }
        return BARE.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
