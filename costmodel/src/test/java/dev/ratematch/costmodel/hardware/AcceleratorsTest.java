package dev.ratematch.costmodel.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.costmodel.SiliconData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AcceleratorsTest {

    @Test
    void findsByNameIgnoringCase() {
        assertThat(Accelerators.named("GB200")).isSameAs(Accelerators.GB200);
        assertThat(Accelerators.GB200.nvlinkGpus()).isEqualTo(72);
    }

    @Test
    void refusesAnUnknownNameWithTheNearest() {
        assertThatThrownBy(() -> Accelerators.named("b20"))
                .hasMessage(
                        "accelerator \"b20\" is not known; did you mean \"b200\"?"
                                + " Known: b200, b300, gb200, gb300, h100, h200.");
    }

    @ParameterizedTest
    @CsvSource({
        "b200_sxm, b200, 8, 8",
        "b300_sxm, b300, 8, 8",
        "gb200, gb200, 4, 72",
        "gb300, gb300, 4, 72",
        "GB200 NVL72, gb200, 4, 72",
        "gb300-nvl72, gb300, 4, 72",
        "h100, h100, 8, 8",
        "h200_sxm, h200, 8, 8"
    })
    void resolvesOtherSpellings(String text, String name, int host, int domain) {
        Accelerator accelerator = Accelerators.named(text);
        assertThat(accelerator.name()).isEqualTo(name);
        assertThat(accelerator.hostGpus()).isEqualTo(host);
        assertThat(accelerator.nvlinkGpus()).isEqualTo(domain);
    }

    @Test
    void agreesWithThePeersSystemTable() {
        var rows = SiliconData.rows("systems.csv");
        if (rows.isEmpty()) {
            System.out.println("systems.csv is not there: accelerators are not compared with it");
            return;
        }
        for (var row : rows.get()) {
            Accelerator gpu = Accelerators.named(row.text("system"));
            assertThat(gpu.hbmBytes()).isEqualTo(row.number("mem_capacity_B"));
            assertThat(gpu.hbmBytesPerSecond()).isEqualTo(row.number("mem_bw_Bps"));
            assertThat(gpu.bf16FlopsPerSecond()).isEqualTo(row.number("bf16_flops"));
            assertThat(gpu.fp8FlopsPerSecond()).isEqualTo(row.number("fp8_flops"));
            assertThat(gpu.fp4FlopsPerSecond()).isEqualTo(row.number("fp4_flops"));
            assertThat(gpu.nvlinkBytesPerSecond())
                    .isEqualTo(row.number("intra_node_bw_Bps_per_gpu"));
            assertThat((double) gpu.hostGpus()).isEqualTo(row.number("gpus_per_node"));
        }
    }
}
