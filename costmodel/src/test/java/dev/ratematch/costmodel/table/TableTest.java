package dev.ratematch.costmodel.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {

    @Test
    void unknownIsNeverANumber() {
        var row = Tables.of("a,b,c\nNaN,,1e999\n").rows().getFirst();
        assertThatThrownBy(() -> row.number("a"))
                .hasMessage("t.csv, line 2: a (NaN) must be a finite number.");
        assertThatThrownBy(() -> row.number("b"))
                .hasMessage("t.csv, line 2: b (empty) must be a number.");
        assertThatThrownBy(() -> row.number("c")).hasMessageContaining("c (1e999)");
        assertThatThrownBy(() -> row.number("d")).hasMessageContaining("d (empty)");
        assertThat(row.text("d")).isEmpty();
    }

    @Test
    void refusesNumbersOutsideTheirRange() {
        var row = Tables.of("a,b,c\n-3,1.5,0\n").rows().getFirst();
        assertThatThrownBy(() -> row.positive("a"))
                .hasMessage("t.csv, line 2: a (-3) must be greater than 0.");
        assertThatThrownBy(() -> row.count("b"))
                .hasMessage("t.csv, line 2: b (1.5) must be a whole number of at least 1.");
        assertThatThrownBy(() -> row.count("c")).hasMessageContaining("c (0)");
        assertThatThrownBy(() -> row.whole("b", 0)).hasMessageContaining("must be a whole number");
        assertThat(row.whole("a", 0)).isEqualTo(-3);
    }

    @Test
    void anEmptyCellTakesTheDefault() {
        var row = Tables.of("a,b\nc,\n").rows().getFirst();
        assertThat(row.has("b")).isFalse();
        assertThat(row.number("b", 7)).isEqualTo(7);
        assertThat(row.whole("b", 7)).isEqualTo(7);
    }

    @Test
    void refusesAColumnThatIsMissingOrThereTwice() {
        assertThatThrownBy(() -> Tables.of("a,b\n").requiring(List.of("a", "c")))
                .hasMessage("t.csv has no column \"c\"; its header is \"a,b\" and must have a,c.");
        assertThatThrownBy(() -> Tables.of("a,a\n").requiring(List.of("a")))
                .hasMessageStartingWith("t.csv has more than one column \"a\"");
    }

    @Test
    void cellsAreShortAndWithoutAnExponent() {
        assertThat(Cells.number(1234567.89)).isEqualTo("1234568");
        assertThat(Cells.number(1e-9)).isEqualTo("0.000000001");
        assertThat(Cells.quoted("plain")).isEqualTo("plain");
        assertThat(Cells.quoted("a,\"b\"")).isEqualTo("\"a,\"\"b\"\"\"");
    }
}
