package dev.ratematch.controller.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.NativeHistograms;
import dev.ratematch.controller.telemetry.doctor.Finding;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import dev.ratematch.controller.telemetry.doctor.Readiness;
import dev.ratematch.controller.telemetry.prometheus.Scraped;
import dev.ratematch.controller.telemetry.prometheus.Scraped.Engine;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of a reading when things are seen twice, as one, or under other names.
class PrometheusIdentityTest {

    private static final Selectors SELECTORS = new Selectors("role=\"p\"", "role=\"d\"", "");
    private static final Engine PREFILL = new Engine(4, -7200);
    private static final Engine DECODE = new Engine(4, -7000);

    private static final Fleet NONE =
            new Fleet() {
                @Override
                public FleetCounts counts(Role role) {
                    return FleetCounts.steady(0);
                }

                @Override
                public void scale(Role role, int replicas) {}
            };

    private static PrometheusTelemetry telemetry(Scraped store) {
        return new PrometheusTelemetry(store, SELECTORS, NONE, 95, 60);
    }

    private static Snapshot seen(PrometheusTelemetry telemetry) {
        return new SeenReplicas(telemetry, Map.of()).observe(Scraped.UNTIL);
    }

    private static Scraped one() {
        return new Scraped()
                .target(PREFILL, 1, "role", "p", "pod", "p-0", "instance", "a:1")
                .target(DECODE, 3, "role", "d", "pod", "d-0", "instance", "b:1");
    }

    private static double value(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Value.class);
        return reading.orElse(-1);
    }

    @Test
    void whatIsScrapedTwiceCountsOnce() {
        var once = seen(telemetry(one()));
        var store =
                one().target(
                                PREFILL,
                                7,
                                "role",
                                "p",
                                "pod",
                                "p-0",
                                "instance",
                                "a:http",
                                "job",
                                "x")
                        .target(
                                DECODE,
                                9,
                                "role",
                                "d",
                                "pod",
                                "d-0",
                                "instance",
                                "b:http",
                                "job",
                                "x");
        var twice = seen(telemetry(store));

        assertThat(value(twice.traffic().completed())).isEqualTo(value(once.traffic().completed()));
        assertThat(value(twice.decode().runningRequests())).isEqualTo(7);
        assertThat(twice.decode().desired()).isEqualTo(Reading.of(1));
        assertThat(twice.warnings()).isEmpty();
    }

    @Test
    void aPodThatItsFirstScraperLosesIsReadByTheOther() {
        var store = new Scraped();
        store.target(PREFILL, 1, "role", "p", "pod", "p-0", "instance", "a:1");
        store.target(DECODE, 3, "role", "d", "pod", "d-0", "instance", "b:1", "job", "x")
                .target(DECODE, 9, "role", "d", "pod", "d-0", "instance", "b:http", "job", "y");
        store.up(120, 120, 0, "role", "d", "pod", "d-0", "instance", "b:1", "job", "x");
        var decode = seen(telemetry(store)).decode();

        assertThat(decode.ready()).isEqualTo(Reading.of(1));
        assertThat(value(decode.runningRequests())).isEqualTo(7);
    }

    @Test
    void podsOfTwoClustersAreNotReadAndTheMatcherIsNamed() {
        var store =
                new Scraped()
                        .target(PREFILL, 1, "role", "p", "pod", "p", "instance", "a:1", "dc", "x")
                        .target(DECODE, 3, "role", "d", "pod", "d", "instance", "b:1", "dc", "x")
                        .target(
                                new Engine(1, -90_000),
                                5,
                                "role",
                                "d",
                                "pod",
                                "d",
                                "instance",
                                "b:1",
                                "dc",
                                "y");
        var telemetry = telemetry(store);
        var seen = seen(telemetry);
        var findings = Readiness.with(List.of(), telemetry.identity(), seen);

        assertThat(seen.decode().desired()).isEqualTo(Reading.of(2));
        assertThat(seen.traffic().completed().toString())
                .contains("add dc=\"x\" or dc=\"y\" to the selectors");
        assertThat(faults(findings))
                .singleElement()
                .satisfies(fault -> assertThat(fault.fix()).contains("dc=\"x\" or dc=\"y\""));
    }

    private static List<Finding> faults(List<Finding> findings) {
        return findings.stream().filter(f -> f.verdict() == Verdict.FAULT).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kserve_vllm:", "myorg_vllm_", "team:a:vllm:", "x_"})
    void aPrefixOfTheSitesOwnIsFoundAndSaid(String prefix) {
        var store = one().renamed(name -> name.replace("vllm:", prefix));
        var telemetry = telemetry(store);
        var seen = seen(telemetry);

        assertThat(seen.traffic().completed())
                .isEqualTo(seen(telemetry(one())).traffic().completed());
        assertThat(telemetry.identity().notes())
                .contains(
                        "vLLM metrics begin with \"%s\" here, not with \"vllm:\"; --metric 'vllm:*=%s*' says so"
                                .formatted(prefix, prefix));
    }

    @Test
    void somethingBehindTheNamesIsSaid() {
        var seen = seen(telemetry(one().renamed(name -> name + "_prod")));

        assertThat(seen.traffic().completed().toString())
                .contains("vLLM metrics end in _prod here")
                .contains("--metric FACT=NAME");
    }

    @Test
    void nativeHistogramsAreToldFromMetricsThatAreSwitchedOff() {
        var store = one().renamed(name -> name.matches(".*_(bucket|sum|count)") ? "" : name);
        var seen = seen(telemetry(store));

        assertThat(seen.traffic().outputTokensMean().toString())
                .contains(NativeHistograms.WHY)
                .contains(NativeHistograms.FIX);
    }

    @Test
    void whatRecommendCannotReadIsAFaultWithTheRemedy() {
        var late = telemetry(one());
        late.observe(Scraped.UNTIL);
        var seen = new SeenReplicas(late, Map.of()).observe(Scraped.UNTIL + 500);

        assertThat(faults(Readiness.with(List.of(), late.identity(), seen)))
                .singleElement()
                .satisfies(fault -> assertThat(fault.what()).contains("recommend cannot tell"));
        assertThat(Readiness.with(List.of(), late.identity(), seen(telemetry(one())))).isEmpty();
    }
}
