package dev.ratematch.controller.telemetry.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.Exposition;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.RequestedGpus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicaGpusTest {

    private static final RequestedGpus NONE = new RequestedGpus(Map.of());

    private static Patient decode(String pod, String replica, String... ranks) {
        var text = new StringBuilder("up 1\n");
        for (String rank : ranks) {
            text.append("sglang:num_running_reqs{%s} 3%n".formatted(rank));
        }
        return new Patient(
                Source.DECODE,
                PodScrape.of(pod, Exposition.parse(text)).in(replica),
                new Detection(List.of(), ""),
                5);
    }

    @Test
    void ranksThatAReplicaExposesAreItsGpus() {
        var wide =
                List.of(
                        decode("a-0", "a", "tp_rank=\"0\",pp_rank=\"0\"", "tp_rank=\"1\""),
                        decode("a-1", "a", "tp_rank=\"2\"", "tp_rank=\"3\""));
        assertThat(ReplicaGpus.of(Source.DECODE, wide, NONE))
                .contains(new ReplicaGpus(4, "the ranks that its pods expose"));
    }

    @Test
    void oneRankTellsNothing() {
        // SGLang exposes the first rank only, unless it is told otherwise.
        var first = List.of(decode("a", "a", "tp_rank=\"0\""));
        assertThat(ReplicaGpus.of(Source.DECODE, first, NONE)).isEmpty();
    }

    @Test
    void requestsComeBeforeRanksAndGroupsAddUp() {
        var group =
                List.of(
                        decode("a-0 (10.0.0.1:8000)", "a", "tp_rank=\"0\"", "tp_rank=\"1\""),
                        decode("a-1", "a", "tp_rank=\"0\""));
        var requested = new RequestedGpus(Map.of("a-0", 4, "a-1", 4, "a-10", 8));
        assertThat(ReplicaGpus.of(Source.DECODE, group, requested).map(ReplicaGpus::gpus))
                .contains(8);
    }

    @Test
    void aLeadersWorkersAreItsReplicasAndPodsOfANamesakeSetAreNot() {
        var led = List.of(decode("x-0", "x-0"));
        var group = new RequestedGpus(Map.of("x-0", 4, "x-0-1", 4, "x-0-2", 4, "x-01", 8));
        assertThat(ReplicaGpus.of(Source.DECODE, led, group).map(ReplicaGpus::gpus)).contains(12);
        var namesake = new RequestedGpus(Map.of("x-0", 4, "x-0-0", 8, "x-0-1", 8));
        assertThat(ReplicaGpus.of(Source.DECODE, led, namesake).map(ReplicaGpus::gpus)).contains(4);
    }

    @Test
    void unlikeReplicasTellNothing() {
        var two = List.of(decode("a", "a"), decode("b", "b"));
        var requested = new RequestedGpus(Map.of("a", 4, "b", 8));
        assertThat(ReplicaGpus.of(Source.DECODE, two, requested)).isEmpty();
        assertThat(ReplicaGpus.of(Source.PREFILL, two, requested)).isEmpty();
        assertThat(ReplicaGpus.of(Source.DECODE, two, new RequestedGpus(Map.of("a", 4)))).isEmpty();
    }
}
