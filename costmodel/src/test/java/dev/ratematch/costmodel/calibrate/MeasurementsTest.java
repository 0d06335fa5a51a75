package dev.ratematch.costmodel.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelFamilies;
import dev.ratematch.costmodel.table.Table;
import dev.ratematch.costmodel.table.Tables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class MeasurementsTest {

    private static Measurements of(Map<String, Table> tables) {
        return new Measurements("here", name -> Optional.ofNullable(tables.get(name)));
    }

    /// An all-reduce of 5 us and a wire of 500 GB/s, on two systems.
    private static Table allReduce() {
        var text = new StringBuilder("system,kernel,gpus,bytes,latency_us\n");
        for (var system : List.of("b200_sxm", "gb200")) {
            for (double bytes = 1024; bytes < 1e9; bytes *= 2) {
                text.append("%s,TRTLLM,4,%.0f,%.3f%n".formatted(system, bytes, 5 + bytes / 5e5));
            }
        }
        return Tables.of(text.toString());
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> of(Map.of()).table("aic_agg"))
                .hasMessage("--data (here) has no aic_agg.csv or .csv.gz.");
        assertThatThrownBy(() -> of(Map.of()).kernels("b200_sxm"))
                .hasMessageStartingWith("--kernels (here) has none of the files ");
    }

    @Test
    void launchesOfOtherSystemsDoNotCount() {
        var samples = of(Map.of("allreduce", allReduce())).kernels("gb200");
        assertThat(samples).containsOnlyKeys(KernelFamilies.named("allreduce"));
        assertThat(samples.get(KernelFamilies.named("allreduce"))).hasSize(20);
    }

    /// A smooth law is found again from three quarters of it, by launches that were left out.
    @Test
    void everyLaunchIsJudgedOnce() {
        var family = KernelFamilies.named("allreduce");
        var samples =
                of(Map.of("allreduce", allReduce()))
                        .kernels("gb200")
                        .getOrDefault(family, List.of());
        var shuffles = new AtomicInteger();
        var accuracy =
                KernelAccuracy.of(
                        family,
                        samples,
                        Accelerators.GB200,
                        names -> {
                            shuffles.incrementAndGet();
                            return names;
                        });
        assertThat(accuracy.rows().count()).isEqualTo(20);
        assertThat(accuracy.rows().median()).isLessThan(0.1);
        assertThat(accuracy.shapes().count()).as("a family without shapes").isZero();
        assertThat(shuffles).hasValue(0);
    }

    @Test
    void aRowThatCannotBeAnsweredSaysWhy() {
        var prediction =
                new KernelPrediction(KernelFamilies.named("gemm"), _ -> TestKernels.read("b200"));
        var row = Tables.of("id,system\n7,b2\n").rows().getFirst();
        assertThat(prediction.header(true))
                .containsExactly("id", "latency_us", "confidence", "refused");
        var line = prediction.line(row, true);
        assertThat(line).startsWith("7", "", "").hasSize(4);
        assertThat(line.getLast()).contains("b2");
    }
}
