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
    void aSlipInAWordIsForgivenAndAnotherNumberIsAnotherThing() {
        var known = List.of("llama-3.1-8b", "deepseek-r1", "kimi-k2");
        assertThat(Names.misspelt("deepsek-r1", known)).contains("deepseek-r1");
        assertThat(Names.misspelt("Deepseek_R1", known)).contains("deepseek-r1");
        assertThat(Names.misspelt("llama3.1-8b", known)).contains("llama-3.1-8b");
        assertThat(Names.misspelt("deepseek-r2", known)).isEmpty();
        assertThat(Names.misspelt("deepseek-v1", known)).isEmpty();
        assertThat(Names.misspelt("llama-3.2-8b", known)).isEmpty();
        assertThat(Names.misspelt("llama-4-maverick", known)).isEmpty();
        assertThat(Names.misspelt("mistral-3.1-8b", known)).isEmpty();
    }

    @Test
    void refusesToChooseFromNothing() {
        assertThatThrownBy(() -> Names.nearest("x", List.of()))
                .hasMessage(
                        "candidates is empty; there must be at least one name to compare \"x\" with.");
    }
}
