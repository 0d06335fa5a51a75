package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaWindowTest {

    private final ScrapeHistory history = new ScrapeHistory(Source.DECODE, 600, 120);

    private static PodScrape pod(String name, int finished) {
        var scrape =
                Exposition.parse(
                        """
                        vllm:num_requests_running 3
                        vllm:cache_config_info{num_gpu_blocks="100",block_size="16"} 1
                        vllm:request_success_total{finished_reason="stop"} %d
                        """
                                .formatted(finished));
        var spoken = Catalogue.shipped().detect(scrape.names(), Source.DECODE);
        return PodScrape.of(name, scrape, spoken);
    }

    @Test
    void whatAReplicaHoldsIsTheSumOverItsPods() {
        history.append(0, List.of(pod("a", 1).in("r"), pod("b", 1).in("r"), pod("c", 1).in("s")));
        var window = history.window(0, 60);

        assertThat(window.gaugePerReplica(Fact.KV_CAPACITY)).isEqualTo(Reading.of(2400));
    }

    @Test
    void aWindowThatEndsAfterTheSamplesSaysHowLongOneWouldReach() {
        history.append(110, List.of(pod("a", 1).scrapedAt(0), pod("a", 9).scrapedAt(15)));

        assertThat(history.window(110, 60).increase(Fact.FINISHED).toString())
                .contains("95 s old")
                .contains("--window 3m");
        assertThat(history.window(110, 180).increase(Fact.FINISHED).orElse(-1)).isEqualTo(8);
    }

    @Test
    void whatIsTooOldSaysSo() {
        history.append(200, List.of(pod("a", 1).scrapedAt(0), pod("a", 9).scrapedAt(15)));

        assertThat(history.window(200, 60).warnings())
                .singleElement()
                .asString()
                .contains("185 s old")
                .contains("--window 5m");
    }

    @Test
    void aRefusedRoundTakesWhatWasReadBefore() {
        history.append(0, List.of(pod("a", 1)));
        history.append(15, List.of(pod("a", 2)));
        history.refuse(30, "two clusters");

        assertThat(history.window(30, 60).increase(Fact.FINISHED))
                .isEqualTo(new Reading.Unknown("decode: two clusters"));
    }

    @Test
    void aPodThatHasCountedNothingYetHasNoNativeHistograms() {
        history.append(0, List.of(pod("a", 0)));
        assertThat(history.window(0, 60).histogram(Fact.OUTPUT_TOKENS).count().toString())
                .doesNotContain(NativeHistograms.WHY);
        history.append(15, List.of(pod("a", 1)));
        assertThat(history.window(15, 60).histogram(Fact.OUTPUT_TOKENS).count().toString())
                .contains(NativeHistograms.WHY);
    }
}
