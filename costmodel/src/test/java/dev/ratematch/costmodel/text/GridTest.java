package dev.ratematch.costmodel.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Tables and lines by the width that there is.
final class GridTest {

    private static Grid plans() {
        var grid = new Grid(1, "plan", "requests/s", "less one decode");
        grid.row("6 x tp1pp2 : 2 x tp2", "13.76", "70 %");
        return grid;
    }

    @Test
    void aTableIsAsWideAsItsCellsWhereThereIsRoom() {
        assertThat(plans().text(new Look(80, false)))
                .isEqualTo(plans().text(Look.PLAIN))
                .isEqualToNormalizingNewlines(
                        """
                        plan                  requests/s  less one decode
                        6 x tp1pp2 : 2 x tp2       13.76             70 %
                        """);
    }

    @Test
    void headingsAndTextGoOnBelowAndNumbersStayWhole() {
        assertThat(plans().text(new Look(34, false)))
                .isEqualToNormalizingNewlines(
                        """
                        plan            requests/s    less
                                                       one
                                                    decode
                        6 x tp1pp2 : 2       13.76    70 %
                        x tp2
                        """);
    }

    @Test
    void aHeadingIsBoldAndNothingIsBeforeTheLook() {
        assertThat(plans().text(new Look(80, true)).lines().findFirst().orElseThrow())
                .startsWith("\033[1mplan ")
                .endsWith("decode\033[0m");
        assertThat(plans().text(Look.PLAIN)).doesNotContain("\033");
    }

    @Test
    void aLineGoesOnBelowWhereItsTextBegins() {
        var look = new Look(40, false);
        assertThat(look.folded("  reason      rebalance: 13.9 req/s at ISL 499, OSL 849"))
                .containsExactly(
                        "  reason      rebalance: 13.9 req/s at", "              ISL 499, OSL 849");
        assertThat(look.folded("Plans within 2 % are equal as far as the model can tell."))
                .containsExactly("Plans within 2 % are equal as far as the", "model can tell.");
        assertThat(look.folded("short")).containsExactly("short");
        assertThat(look.folded("x".repeat(50))).containsExactly("x".repeat(50));
        assertThat(look.text("a\nb\n")).isEqualToNormalizingNewlines("a\nb\n");
        assertThat(Look.PLAIN.folded("y ".repeat(500))).hasSize(1);
    }
}
