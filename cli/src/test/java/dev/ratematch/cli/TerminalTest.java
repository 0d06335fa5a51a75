package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.text.Look;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Whether there is colour, and how wide text is.
class TerminalTest {

    private static boolean colour(boolean terminal, String... environment) {
        var map = new HashMap<>(Map.of("TERM", "xterm"));
        for (String each : environment) {
            var parts = each.split("=", 2);
            map.put(parts[0], parts[1]);
        }
        return Terminal.colour(map, terminal);
    }

    @Test
    void aTerminalHasColourAndAPipeHasNone() {
        assertThat(colour(true)).isTrue();
        assertThat(colour(false)).isFalse();
        assertThat(Terminal.colour(Map.of(), true)).isFalse();
    }

    @Test
    void usersHaveTheLastWord() {
        assertThat(colour(true, "NO_COLOR=1")).isFalse();
        assertThat(colour(true, "NO_COLOR=")).isTrue();
        assertThat(colour(true, "TERM=dumb")).isFalse();
        assertThat(colour(true, "CLICOLOR=0")).isFalse();
        assertThat(colour(false, "CLICOLOR_FORCE=1")).isTrue();
        assertThat(colour(false, "CLICOLOR_FORCE=0")).isFalse();
        assertThat(colour(true, "CLICOLOR_FORCE=1", "NO_COLOR=1")).isFalse();
    }

    @Test
    void columnsAreTakenWhereTheyAreANumber() {
        assertThat(Terminal.asked(Map.of("COLUMNS", "120"))).isEqualTo(120);
        assertThat(Terminal.asked(Map.of("COLUMNS", "2"))).isEqualTo(40);
        assertThat(Terminal.asked(Map.of("COLUMNS", "wide"))).isZero();
        assertThat(Terminal.asked(Map.of())).isZero();
    }

    @Test
    void aTableOfMarkdownIsInColumns() {
        String shown =
                MarkdownText.of(
                        """
                        ### inversion-0.6

                        | policy | good, % |
                        |---|---|
                        | `ratematch` | 97.4 |
                        """,
                        new Look(80, false));
        assertThat(shown)
                .isEqualToNormalizingNewlines(
                        """
                        inversion-0.6

                        policy     good, %
                        ratematch     97.4
                        """);
    }
}
