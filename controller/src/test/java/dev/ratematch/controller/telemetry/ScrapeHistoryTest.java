package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScrapeHistoryTest {

    private final ScrapeHistory history = new ScrapeHistory(Source.DECODE, 60, 40);

    private static PodScrape pod(String name, String value) {
        return PodScrape.of(name, Exposition.parse("c_total " + value + "\ng " + value + "\n"));
    }

    private static double value(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Value.class);
        return reading.orElse(Double.NaN);
    }

    @Test
    void sumsIncreasesOverPodsAndTheWindow() {
        history.append(0, List.of(pod("a", "100"), pod("b", "10")));
        history.append(15, List.of(pod("a", "103"), pod("b", "11")));
        history.append(30, List.of(pod("a", "108"), pod("b", "12")));
        history.append(45, List.of(pod("a", "110"), pod("b", "20")));

        assertThat(value(history.window(45, 30).increase("c_total"))).isEqualTo(7 + 9);
        assertThat(value(history.window(45, 15).increase("c_total"))).isEqualTo(2 + 8);
        assertThat(value(history.window(45, 30).coveredSeconds())).isEqualTo(30);
    }

    @Test
    void oneScrapeIsNoIncrease() {
        history.append(0, List.of(pod("a", "100")));

        assertThat(history.window(0, 30).increase("c_total"))
                .isEqualTo(
                        new Reading.Unknown(
                                "one scrape of the decode pods in the window; an increase needs two"));
        assertThat(history.window(0, 30).gauge("g")).isEqualTo(Reading.of(100));
        assertThat(history.window(0, 30).coveredSeconds()).isInstanceOf(Reading.Unknown.class);
    }

    @Test
    void aCounterThatFallsCountsFromZero() {
        history.append(0, List.of(pod("a", "100")));
        history.append(15, List.of(pod("a", "130")));
        history.append(30, List.of(pod("a", "5")));
        history.append(45, List.of(pod("a", "9")));

        assertThat(value(history.window(45, 45).increase("c_total"))).isEqualTo(30 + 9);
        assertThat(value(history.window(45, 15).increase("c_total"))).isEqualTo(4);
    }

    @Test
    void aRestartIsSeenFromAnyCounterOfTheProcess() {
        var before = Exposition.parse("busy_total 100\nrare_total 1\n");
        var after = Exposition.parse("busy_total 20\nrare_total 2\n");
        history.append(0, List.of(PodScrape.of("a", before)));
        history.append(15, List.of(PodScrape.of("a", after)));

        assertThat(value(history.window(15, 15).increase("rare_total"))).isEqualTo(2);
    }

    @Test
    void aPodThatLeftKeepsItsLastIncrease() {
        history.append(0, List.of(pod("a", "100"), pod("b", "10")));
        history.append(15, List.of(pod("a", "103"), pod("b", "14")));
        history.append(30, List.of(pod("a", "104")));

        var window = history.window(30, 30);
        assertThat(value(window.increase("c_total"))).isEqualTo(4 + 4);
        assertThat(value(window.gauge("g"))).isEqualTo(104);
        assertThat(value(window.coveredSeconds())).isEqualTo(30);
    }

    @Test
    void aPodThatAppearsCountsFromZeroOnlyWhenItIsKnownToBeNew() {
        history.append(0, List.of(pod("a", "100"), PodScrape.failed("slow", "refused")));
        history.append(
                15,
                List.of(
                        pod("a", "100"),
                        pod("new", "7"),
                        pod("slow", "1000"),
                        pod("old", "500").startedAt(-300)));

        assertThat(value(history.window(15, 15).increase("c_total"))).isEqualTo(7);

        history.append(
                30,
                List.of(pod("a", "100"), pod("new", "9"), pod("slow", "1001"), pod("old", "503")));
        assertThat(value(history.window(30, 30).increase("c_total"))).isEqualTo(9 + 1 + 3);
        assertThat(value(history.window(30, 15).increase("c_total"))).isEqualTo(2 + 1 + 3);
    }

    @Test
    void aSeriesThatAppearsInAKnownPodCountsFromZero() {
        history.append(0, List.of(PodScrape.of("a", Exposition.parse("c_total{r=\"x\"} 5\n"))));
        history.append(
                15,
                List.of(
                        PodScrape.of(
                                "a",
                                Exposition.parse("c_total{r=\"y\"} 2\nc_total{r=\"x\"} 6\n"))));

        assertThat(value(history.window(15, 15).increase("c_total"))).isEqualTo(3);
    }

    @Test
    void notANumberIsUnknown() {
        history.append(0, List.of(pod("a", "1")));
        history.append(15, List.of(pod("a", "NaN")));

        var window = history.window(15, 15);
        assertThat(window.increase("c_total"))
                .isEqualTo(new Reading.Unknown("c_total of the decode pods is no number"));
        assertThat(window.gauge("g")).isInstanceOf(Reading.Unknown.class);
    }

    @Test
    void silenceBecomesStale() {
        history.append(0, List.of(pod("a", "1")));
        history.append(15, List.of(pod("a", "2")));
        history.append(30, List.of(PodScrape.failed("a", "timed out")));

        assertThat(history.window(30, 30).gauge("g")).isEqualTo(new Reading.Value(2, 15));
        assertThat(history.window(30, 30).warnings()).containsExactly("decode pod a: timed out");
        assertThat(history.window(56, 30).gauge("g")).isEqualTo(new Reading.Stale(41));
        assertThat(history.window(56, 30).increase("c_total")).isEqualTo(new Reading.Stale(41));
    }

    @Test
    void oneSilentPodOfThreeIsFilledIn() {
        history.append(0, List.of(pod("a", "4"), pod("b", "4"), pod("c", "9")));
        for (int at = 15; at <= 60; at += 15) {
            history.append(
                    at, List.of(pod("a", "4"), pod("b", "4"), PodScrape.failed("c", "timed out")));
        }

        assertThat(value(history.window(60, 15).gauge("g"))).isCloseTo(12, within(1e-9));
    }

    @Test
    void podsThatNeverAnsweredAreUnknownForTheirReason() {
        history.append(0, List.of(PodScrape.failed("a", "HTTP 404")));

        assertThat(history.window(0, 30).gauge("g"))
                .isEqualTo(new Reading.Unknown("decode pod a: HTTP 404"));
        assertThat(new ScrapeHistory(Source.PREFILL, 60, 40).window(0, 30).gauge("g"))
                .isEqualTo(new Reading.Unknown("no prefill pod has been scraped"));
    }

    @Test
    void absentNamesAreUnknownAndRenamedOnesAreFound() {
        history.append(0, List.of(PodScrape.of("a", Exposition.parse("vllm_x 3\nold 4\n"))));

        var window = history.window(0, 30);
        assertThat(window.gauge("vllm:x")).isEqualTo(Reading.of(3));
        assertThat(window.gauge("new", "old")).isEqualTo(Reading.of(4));
        assertThat(window.gauge("vllm:y"))
                .isEqualTo(new Reading.Unknown("no decode pod exposes vllm:y"));
    }

    @Test
    void growthCountsWhatALeavingPodHeldAsDone() {
        history.append(0, List.of(pod("a", "5"), pod("b", "10")));
        history.append(15, List.of(pod("a", "8"), pod("b", "12")));
        history.append(30, List.of(pod("a", "9"), pod("n", "2")));

        assertThat(value(history.window(30, 30).growth("g"))).isEqualTo(4 + 2 + 2);
    }

    /// As when somebody else scrapes: rounds carry several scrapes of a pod, each of its own time.
    @Test
    void scrapesOfTheirOwnTimeCountFromThere() {
        history.append(30, List.of(pod("a", "4").scrapedAt(2), pod("a", "9").scrapedAt(17)));
        history.append(45, List.of(pod("a", "9").scrapedAt(17), pod("a", "13").scrapedAt(32)));

        assertThat(value(history.window(45, 20).increase("c_total"))).isEqualTo(4);
        assertThat(value(history.window(45, 20).coveredSeconds())).isEqualTo(15);
        assertThat(history.window(45, 20).gauge("g")).isEqualTo(new Reading.Value(13, 13));
    }

    @Test
    void roundsInWhichNobodyCouldBeAskedAgeWhatThereIs() {
        history.append(0, List.of(pod("a", "1")));
        history.append(15, List.of(pod("a", "2")));
        history.silent(30, "Prometheus cannot be reached");

        var window = history.window(30, 30);
        assertThat(window.gauge("g")).isEqualTo(new Reading.Value(2, 15));
        assertThat(window.warnings()).containsExactly("decode: Prometheus cannot be reached");
        history.silent(60, "Prometheus cannot be reached");
        assertThat(history.window(60, 30).gauge("g")).isEqualTo(new Reading.Stale(45));
    }

    @Test
    void anEmptyRoundIsUnknownForTheReasonGiven() {
        history.append(0, List.of(), "the selector fits nothing");

        assertThat(history.window(0, 30).gauge("g"))
                .isEqualTo(new Reading.Unknown("decode: the selector fits nothing"));
    }

    @Test
    void roundsMustAdvance() {
        history.append(10, List.of());

        assertThatThrownBy(() -> history.append(10, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("atSeconds (10.0) must be later");
    }
}
