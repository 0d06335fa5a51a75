package dev.ratematch.controller.telemetry;

import static dev.ratematch.controller.telemetry.FlowPages.WINDOW;
import static dev.ratematch.controller.telemetry.FlowPages.holds;
import static dev.ratematch.controller.telemetry.FlowPages.kinds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.Flow.Kind;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.telemetry.dialect.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Frontend, prefill and decode count one flow; what each difference means, and what the demand is.
class FlowReaderTest {

    private static void demand(TrafficReading traffic, double rate) {
        assertThat(traffic.arrived()).isInstanceOf(Reading.Value.class);
        assertThat(traffic.arrived().orElse(-1) / WINDOW).isCloseTo(rate, within(0.02 * rate));
    }

    @Test
    void countsThatAgreeAreSaidNothingOf() {
        var traffic =
                new FlowPages()
                        .prefill(5)
                        .prefill(5)
                        .decode(9.9)
                        .dynamo("llama-70b", 10, 10, 0)
                        .read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).isEmpty();
        assertThat(traffic.flow().sequencesPerRequest()).isEqualTo(1);
        assertThat(traffic.flow().prefill().orElse(0) / WINDOW).isCloseTo(10, within(0.01));
    }

    /// Prefill ends other requests than come to it; decode counts those that it ends.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aQueueThatGrowsOrFallsIsNoDifference(boolean frontend) {
        for (double ended : new double[] {5, 15, 19}) {
            var pages = new FlowPages().prefill(ended, 10).decode(ended);
            double came = ended + 10;
            var traffic = (frontend ? pages.dynamo("llama-70b", came, ended, 0) : pages).read();

            demand(traffic, came);
            assertThat(kinds(traffic)).as("%.0f", ended).isEmpty();
        }
        var pages = new FlowPages().prefill(20, -10).decode(20);
        var falling = (frontend ? pages.dynamo("llama-70b", 10, 20, 0) : pages).read();

        demand(falling, 10);
        assertThat(kinds(falling)).isEmpty();
    }

    // Lost after prefill: clients that give up.

    @ParameterizedTest
    @ValueSource(doubles = {16, 8, 1, 0})
    void whatPrefillEndedAndDecodeDidNotIsDemandWithoutAFrontend(double ended) {
        var traffic = new FlowPages().prefill(10).prefill(10).decode(ended).read();

        demand(traffic, 20);
        assertThat(kinds(traffic)).containsExactly(Kind.LOST_AFTER_PREFILL);
        assertThat(holds(traffic)).isFalse();
        assertThat(traffic.arrivedIsLowerBound()).isTrue();
    }

    @Test
    void aSmallLossIsDemandThoughChanceMightExplainIt() {
        demand(new FlowPages().prefill(20).decode(18.8).read(), 20);
    }

    @Test
    void behindAFrontendTheDemandIsWhatArrives() {
        var traffic = new FlowPages().prefill(20).decode(8).dynamo("llama-70b", 20, 8, 0).read();

        demand(traffic, 20);
        assertThat(kinds(traffic)).containsExactly(Kind.LOST_AFTER_PREFILL);
        assertThat(traffic.flow().notes().getFirst().text())
                .contains("20.00 requests/s")
                .contains("12.00/s are lost after prefill");
    }

    @Test
    void requestsGivenUpBeforePrefillEndsAreDemandToo() {
        var traffic = new FlowPages().prefill(12).decode(9).dynamo("llama-70b", 20, 9, 0).read();

        demand(traffic, 20);
        assertThat(kinds(traffic))
                .containsExactly(Kind.LOST_BEFORE_PREFILL, Kind.LOST_AFTER_PREFILL);
        assertThat(holds(traffic)).isFalse();
    }

    // Refused.

    @Test
    void refusedRequestsOfAFrontendArriveAndAreShown() {
        var traffic = new FlowPages().prefill(8).decode(8).dynamo("llama-70b", 20, 8, 12).read();

        demand(traffic, 20);
        assertThat(kinds(traffic)).containsExactly(Kind.REFUSED);
        assertThat(traffic.rejected()).isEqualTo(Reading.of(12 * WINDOW));
    }

    @Test
    void refusedRequestsOfAnEndpointPickerAreAddedToThoseItTook() {
        var traffic = new FlowPages().prefill(8).decode(8).picker("llama-70b", 8, 4).read();

        demand(traffic, 12);
        assertThat(kinds(traffic)).containsExactly(Kind.REFUSED);
    }

    @Test
    void requestsThatPrefillRefusesAreDemandWithoutAFrontend() {
        var traffic =
                new FlowPages()
                        .prefill(
                                8,
                                "vllm:admission_rejections_total{reason=\"max_num_queued_reqs\"} 240\n")
                        .decode(8)
                        .read();

        demand(traffic, 12);
        assertThat(kinds(traffic)).containsExactly(Kind.REFUSED);
    }

    @Test
    void everythingRefusedIsDemandWithoutLengths() {
        var traffic = new FlowPages().prefill(0).decode(0).dynamo("llama-70b", 15, 0, 15).read();

        demand(traffic, 15);
        assertThat(traffic.inputTokensMean()).isEqualTo(new Reading.NoTraffic());
        assertThat(kinds(traffic)).containsExactly(Kind.REFUSED);
    }

    // Parallel samples.

    @ParameterizedTest
    @ValueSource(doubles = {1.5, 2, 4, 8})
    void severalSamplesARequestAreToldByTheFrontend(double samples) {
        var traffic =
                new FlowPages()
                        .prefill(10)
                        .decode(5 * samples)
                        .decode(5 * samples)
                        .dynamo("llama-70b", 10, 10, 0)
                        .read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).containsExactly(Kind.PARALLEL_SAMPLES);
        assertThat(holds(traffic)).isFalse();
        assertThat(traffic.flow().sequencesPerRequest()).isCloseTo(samples, within(0.03));
    }

    @Test
    void orByWhatDecodeSaysOfRequests() {
        String n =
                """
                vllm:request_params_n_sum{model_name="Llama-70b"} 2400
                vllm:request_params_n_count{model_name="Llama-70b"} 600
                """;
        var traffic = new FlowPages().prefill(10).decode(40, n).read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).containsExactly(Kind.PARALLEL_SAMPLES);
        assertThat(traffic.flow().sequencesPerRequest()).isEqualTo(4);
    }

    @Test
    void andWhereNobodyTellsItIsHeld() {
        var traffic = new FlowPages().prefill(10).decode(40).read();

        assertThat(holds(traffic)).isTrue();
        assertThat(traffic.flow().notes().getFirst().text())
                .contains("n > 1")
                .contains("prefill pods that are not read");
    }

    // Other models, and adapters of the one model.

    @Test
    void ofAFrontendBeforeTwoModelsOnlyTheOwnCounts() {
        var traffic =
                new FlowPages()
                        .prefill(10)
                        .decode(10)
                        .dynamo("llama-70b", 10, 10, 0)
                        .dynamo("other-8b", 30, 30, 0)
                        .read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).containsExactly(Kind.OTHER_MODELS);
        assertThat(holds(traffic)).isFalse();
        assertThat(traffic.arrivedIsLowerBound()).isFalse();
        assertThat(traffic.completed()).isEqualTo(Reading.of(10 * WINDOW));
        assertThat(traffic.flow().notes().getFirst().text()).contains("other-8b");
    }

    @Test
    void adaptersOfTheOneModelAllCount() {
        var traffic =
                new FlowPages()
                        .prefill(10)
                        .decode(10)
                        .picker("llama-70b", 4, 0)
                        .picker("sql-lora", 3, 0)
                        .picker("tone-lora", 3, 0)
                        .read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).isEmpty();
    }

    @Test
    void adaptersBesideAnotherModelAreToldByTheirCounts() {
        var traffic =
                new FlowPages()
                        .prefill(10)
                        .decode(10)
                        .dynamo("llama-70b", 6, 6, 0)
                        .dynamo("sql-lora", 4, 4, 0)
                        .dynamo("other-8b", 30, 30, 0)
                        .read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).containsExactly(Kind.OTHER_MODELS);
        assertThat(traffic.flow().notes().getFirst().text()).contains("(other-8b)");
    }

    @Test
    void anotherModelWhileClientsGiveUp() {
        var traffic =
                new FlowPages()
                        .prefill(14)
                        .decode(8)
                        .dynamo("llama-70b", 20, 8, 0)
                        .dynamo("other-8b", 30, 30, 0)
                        .read();

        demand(traffic, 20);
        assertThat(kinds(traffic))
                .containsExactly(
                        Kind.OTHER_MODELS, Kind.LOST_BEFORE_PREFILL, Kind.LOST_AFTER_PREFILL);
    }

    @Test
    void anotherModelWhileRequestsAskForSamples() {
        var traffic =
                new FlowPages()
                        .prefill(10)
                        .decode(40)
                        .dynamo("llama-70b", 10, 10, 0)
                        .dynamo("other-8b", 30, 30, 0)
                        .read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).containsExactly(Kind.OTHER_MODELS, Kind.PARALLEL_SAMPLES);
    }

    @Test
    void withoutLabelsThatTellThePoolsCount() {
        var traffic =
                new FlowPages().prefill(10).decode(10).dynamo("public-name", 40, 40, 0).read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).containsExactly(Kind.OTHER_MODELS);
        assertThat(traffic.arrivedIsLowerBound()).isTrue();
        assertThat(traffic.ttftMeanSeconds()).isInstanceOf(Reading.Unknown.class);
    }

    // A pod that is not read.

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPodOfAKnownCountThatIsNotReadIsNamed(boolean frontend) {
        var pages = new FlowPages().prefill(5).unread(Source.PREFILL).decode(10);
        var traffic = (frontend ? pages.dynamo("llama-70b", 10, 10, 0) : pages).read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).containsExactly(Kind.POD_MISSING);
        assertThat(holds(traffic)).isFalse();
    }

    @Test
    void aDecodePodThatIsNotReadIsNoLoss() {
        var traffic =
                new FlowPages()
                        .prefill(10)
                        .decode(5)
                        .unread(Source.DECODE)
                        .dynamo("llama-70b", 10, 10, 0)
                        .read();

        demand(traffic, 10);
        assertThat(kinds(traffic)).containsExactly(Kind.POD_MISSING);
        assertThat(holds(traffic)).isFalse();
    }

    @Test
    void whereTheCountOfPodsDoesNotShowItTheFleetIsHeld() {
        assertThat(holds(new FlowPages().prefill(5).decode(10).dynamo("m", 10, 10, 0).read()))
                .isTrue();
        assertThat(holds(new FlowPages().prefill(10).decode(5).dynamo("m", 10, 10, 0).read()))
                .isTrue();
        assertThat(
                        holds(
                                new FlowPages()
                                        .prefill(5)
                                        .decode(5)
                                        .dynamo("Llama-70b", 10, 10, 0)
                                        .read()))
                .isTrue();
        assertThat(holds(new FlowPages().prefill(20).decode(10).dynamo("m", 10, 10, 0).read()))
                .isTrue();
    }

    @Test
    void requestsThatPassTheFrontendByCount() {
        var traffic = new FlowPages().prefill(20).decode(20).dynamo("m", 10, 10, 0).read();

        demand(traffic, 20);
        assertThat(kinds(traffic)).containsExactly(Kind.PAST_THE_FRONTEND);
        assertThat(traffic.arrivedIsLowerBound()).isTrue();
    }
}
