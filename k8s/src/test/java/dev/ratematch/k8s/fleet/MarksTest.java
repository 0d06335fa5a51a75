package dev.ratematch.k8s.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/// What a switch leaves on a pod, and what takes it off.
class MarksTest {

    private static final String ROLE = "llm-d.ai/role";

    private static Pod out(Map<String, String> more) {
        var marks = new HashMap<String, String>(more);
        marks.put(Api.SWITCHING, "2026-11-01T00:00:00Z");
        marks.put(Api.ROUTING_LABEL, ROLE);
        marks.put(Api.ROUTING_VALUE, "prefill");
        return new PodBuilder()
                .withNewMetadata()
                .withName("a")
                .withAnnotations(marks)
                .endMetadata()
                .withNewSpec()
                .withNodeName("n")
                .endSpec()
                .build();
    }

    @Test
    void oneThatWasNotToldGoesBackIntoItsOldRole() {
        var pod = out(Map.of());
        assertThat(Marks.marked(pod)).isTrue();
        assertThat(Marks.told(pod)).isFalse();
        assertThat(Replica.state(pod)).isEqualTo(Replica.State.SWITCHING);
        assertThat(Marks.unmarked(pod, new Routing.None()).get("labels"))
                .isEqualTo(Map.of(ROLE, "prefill"));
    }

    @Test
    void oneWhoseEngineWasToldGoesWhereItWasTold() {
        var pod = out(Map.of(Api.SWITCHING_TO, "decode"));
        assertThat(Marks.told(pod)).isTrue();
        assertThat(Marks.unmarked(pod, new Routing.None()).get("labels"))
                .isEqualTo(Map.of(ROLE, "decode"));
    }

    @Test
    void oneThatIsRoutedHasNoMarkLeft() {
        var change = Marks.routed(out(Map.of(Api.SWITCHING_TO, "decode")), ROLE, "decode");
        assertThat(change.get("labels")).isEqualTo(Map.of(ROLE, "decode"));
        assertThat(change.get("annotations"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry(Api.SWITCHING, null)
                .containsEntry(Api.SWITCHING_TO, null)
                .containsEntry(Api.ROUTING_VALUE, null);
    }
}
