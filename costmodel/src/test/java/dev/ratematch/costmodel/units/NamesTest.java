package dev.ratematch.costmodel.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NamesTest {

    @Test
    void findsTheNearestIgnoringCase() {
        assertThat(Names.nearest("BG200", List.of("b200", "gb200", "h100"))).isEqualTo("b200");
        assertThat(Names.nearest("kiten", List.of("sitting", "kitten"))).isEqualTo("kitten");
    }

    @Test
    void refusesToChooseFromNothing() {
        assertThatThrownBy(() -> Names.nearest("x", List.of()))
                .hasMessage(
                        "candidates is empty; there must be at least one name to compare \"x\" with.");
    }
}
