package dev.ratematch.costmodel.residual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.closed.ClosedLatency;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ServingResidualTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Traits TRAITS = new Traits("vllm", "llama", "fp8", "b200", "1024x1024");

    private static Map<String, Object> tree() {
        var tree = new TreeMap<String, Object>();
        tree.put("ratematch_serving_residual", 1);
        tree.put("provenance", "source; licence; owner");
        tree.put("steps", Map.of());
        tree.put(
                "agg.tpot",
                Map.of(
                        "means",
                        List.of(2.0),
                        "groups",
                        Map.of("all", List.of(0.5, 0.25), "engine=vllm", List.of(0.1, 0.0))));
        return tree;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        var residual = ServingResidual.of(tree());
        Map<String, Object> again =
                JSON.readValue(JSON.writeValueAsString(residual.tree()), new TypeReference<>() {});
        assertThat(ServingResidual.of(again)).isEqualTo(ServingResidual.of(residual.tree()));
        assertThat(ServingResidual.of(again).provenance()).isEqualTo("source; licence; owner");
        assertThat(ServingResidual.of(again).correction(false, false))
                .isEqualTo(residual.correction(false, false));
    }

    /// A file must not depend on the run that wrote it.
    @Test
    void fieldsAreWrittenInOneOrder() throws IOException {
        String text = JSON.writeValueAsString(ServingResidual.of(tree()).tree());
        assertThat(text)
                .startsWith("{\"ratematch_serving_residual\":1,\"provenance\"")
                .contains(
                        "\"agg.tpot\":{\"means\":[2.0],\"groups\":"
                                + "{\"all\":[0.5,0.25],\"engine=vllm\":[0.1,0.0]}}");
    }

    @Test
    void everyModeAndLatencyHasItsOwnCorrection() {
        var residual = ServingResidual.of(tree());
        double load = StrictMath.exp(4);
        assertThat(residual.correction(false, false).factor(TRAITS, ServingResidual.tpotLoad(load)))
                .isCloseTo(StrictMath.exp(0.6 + 0.5), within(1e-9));
        assertThat(residual.correction(true, false).factor(TRAITS, List.of())).isEqualTo(1);
        assertThat(ServingResidual.key(true, true)).isEqualTo("disagg.ttft");
        assertThat(ServingResidual.key(false, false)).isEqualTo("agg.tpot");
    }

    /// Whatever an engine adds to prefill, a place becomes free when an answer ends.
    @Test
    void theWaitForAPlaceIsMadeOfDecodeSteps() {
        var tree = tree();
        tree.put("disagg.tpot", Map.of("means", List.of(0.0), "groups", factor(2, 0)));
        tree.put("disagg.ttft", Map.of("means", List.of(), "groups", factor(3)));
        var modelled = new ClosedLatency(5, 0.01, 8, 0.5, 0, 0.2, 4);
        var found = ServingResidual.of(tree).correct(TRAITS, true, modelled, 1);
        assertThat(found.tpotSeconds()).isCloseTo(0.02, within(1e-9));
        assertThat(found.admissionSeconds()).isCloseTo(8, within(1e-9));
        assertThat(found.ttftSeconds()).isCloseTo(3 * (5 - 4) + 8, within(1e-9));
    }

    private static Map<String, List<Double>> factor(double factor, double... slopes) {
        var terms = new ArrayList<Double>();
        terms.add(StrictMath.log(factor));
        for (double slope : slopes) {
            terms.add(slope);
        }
        return Map.of("all", terms);
    }

    @Test
    void refusesOtherFilesByName() {
        var other = tree();
        other.put("ratematch_serving_residual", 7);
        assertThatThrownBy(() -> ServingResidual.of(other))
                .hasMessageContaining("ratematch_serving_residual (7) must be 1");
        assertThatThrownBy(() -> ServingResidual.of(Map.of()))
                .hasMessageContaining("ratematch_serving_residual (null)");
        var broken = tree();
        broken.put("agg.tpot", Map.of("groups", Map.of("all", 3)));
        assertThatThrownBy(() -> ServingResidual.of(broken))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("list of numbers");
    }
}
