package dev.ratematch.controller.telemetry.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.ExpositionParser;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class DoctorTest {

    private static final Catalogue CATALOGUE = Catalogue.shipped();

    private static Patient patient(Source source, String pod, String body, double age) {
        var scrape = ExpositionParser.reading(CATALOGUE).parse(body);
        var spoken = CATALOGUE.detect(scrape.names(), source);
        return new Patient(source, PodScrape.of(pod, scrape, spoken), spoken, age);
    }

    private static List<Finding> faults(List<Finding> findings) {
        return findings.stream().filter(f -> f.verdict() == Verdict.FAULT).toList();
    }

    private static String prefill(String model) {
        return """
        vllm:num_requests_running{model_name="MODEL"} 1
        vllm:num_requests_waiting{model_name="MODEL"} 0
        vllm:kv_cache_usage_perc{model_name="MODEL"} 0.5
        vllm:prefix_cache_hits_total{model_name="MODEL"} 10
        vllm:prefix_cache_queries_total{model_name="MODEL"} 100
        vllm:request_prompt_tokens_sum{model_name="MODEL"} 4000
        vllm:request_prompt_tokens_count{model_name="MODEL"} 40
        vllm:request_generation_tokens_sum{model_name="MODEL"} 40
        vllm:request_generation_tokens_count{model_name="MODEL"} 40
        vllm:time_to_first_token_seconds_sum{model_name="MODEL"} 20
        vllm:time_to_first_token_seconds_count{model_name="MODEL"} 40
        """
                .replace("MODEL", model);
    }

    private static String decode(int outputTokens) {
        return """
        vllm:num_requests_running{model_name="m"} 1
        vllm:num_requests_waiting{model_name="m"} 0
        vllm:kv_cache_usage_perc{model_name="m"} 0.5
        vllm:cache_config_info{num_gpu_blocks="100",block_size="16"} 1
        vllm:request_success_total{finished_reason="stop"} 40
        vllm:request_generation_tokens_sum{model_name="m"} %d
        vllm:request_generation_tokens_count{model_name="m"} 40
        vllm:inter_token_latency_seconds_sum{model_name="m"} 100
        vllm:inter_token_latency_seconds_count{model_name="m"} 4000
        """
                .formatted(40 * outputTokens);
    }

    @Test
    void aHealthyFleetHasNoFault() {
        var findings =
                Doctor.examine(
                        List.of(
                                patient(Source.PREFILL, "p", prefill("m"), 5),
                                patient(Source.DECODE, "d", decode(200), 5)),
                        30);

        assertThat(faults(findings)).isEmpty();
        assertThat(findings).extracting(Finding::check).contains(Check.PRESENT, Check.ROLE);
        assertThat(findings)
                .filteredOn(f -> f.source() != Source.FRONTEND)
                .allMatch(f -> f.fix().isEmpty());
    }

    private static String picker(int base, int adapter) {
        return """
        llm_d_epp_request_total{model_name="m",target_model_name="m"} %1$d
        llm_d_epp_request_total{model_name="sql",target_model_name="sql"} %2$d
        llm_d_epp_request_duration_seconds_count{model_name="m",target_model_name="m"} %1$d
        llm_d_epp_request_duration_seconds_count{model_name="sql",target_model_name="sql"} %2$d
        llm_d_epp_request_ttft_seconds_sum{model_name="m",streaming="true"} 10
        llm_d_epp_request_ttft_seconds_count{model_name="m",streaming="true"} 40
        """
                .formatted(base, adapter);
    }

    /// Pods serve adapters under the name of their base; other models they do not serve at all.
    @Test
    void adaptersOfOneModelAreNoFaultAndOtherModelsAre() {
        var pods =
                List.of(
                        patient(Source.PREFILL, "p", prefill("m"), 5),
                        patient(Source.DECODE, "d", decode(200), 5));
        var adapters = new ArrayList<>(pods);
        adapters.add(patient(Source.FRONTEND, "f", picker(25, 15), 5));
        var others = new ArrayList<>(pods);
        others.add(patient(Source.FRONTEND, "f", picker(40, 120), 5));

        assertThat(faults(Doctor.examine(adapters, 30))).isEmpty();
        assertThat(faults(Doctor.examine(others, 30)))
                .extracting(Finding::check)
                .containsExactly(Check.LABELLED);
    }

    @Test
    void findsEachPlantedFaultAndNamesTheFix() {
        var patients =
                List.of(
                        patient(
                                Source.PREFILL,
                                "percent",
                                prefill("m").replace("perc{model_name=\"m\"} 0.5", "perc 50"),
                                5),
                        patient(Source.PREFILL, "other", prefill("another"), 5),
                        patient(
                                Source.DECODE,
                                "renamed",
                                decode(200).replace("num_requests_waiting", "requests_queued"),
                                5),
                        patient(Source.DECODE, "swapped", decode(1), 5),
                        patient(Source.DECODE, "old", decode(200), 100),
                        patient(
                                Source.DECODE,
                                "nan",
                                decode(200).replace("running{model_name=\"m\"} 1", "running NaN"),
                                5),
                        patient(Source.DECODE, "stranger", "go_goroutines 7\n", 5));

        var faults = faults(Doctor.examine(patients, 30));

        assertThat(faults)
                .extracting(f -> f.subject() + " " + f.check().label())
                .containsExactlyInAnyOrder(
                        "percent unit",
                        "renamed present",
                        "swapped role",
                        "old fresh",
                        "nan plausible",
                        "stranger present",
                        "all labelled");
        assertThat(faults).allMatch(f -> !f.fix().isEmpty());
        assertThat(faults)
                .filteredOn(f -> f.subject().equals("renamed"))
                .first()
                .asString()
                .contains("vllm:num_requests_waiting")
                .contains("rename waiting");
    }

    @Test
    void secondsThatAreMillisecondsShowInBoundsAsCoarse() {
        String slow =
                prefill("m")
                        .replace("_sum{model_name=\"m\"} 20\n", "_sum{model_name=\"m\"} 20000\n");
        String coarse =
                slow
                        + "vllm:time_to_first_token_seconds_bucket{le=\"1\"} 0\n"
                        + "vllm:time_to_first_token_seconds_bucket{le=\"+Inf\"} 40\n";

        assertThat(faults(Doctor.examine(fleet(slow), 30))).isEmpty();
        assertThat(faults(Doctor.examine(fleet(coarse), 30)))
                .extracting(f -> f.check().label() + ": " + f.fix())
                .hasSize(1)
                .first()
                .asString()
                .contains("unit: this looks like milliseconds", "--metric first-token=NAME");
    }

    @Test
    void withoutAFrontendSomethingIsLackingAndThatIsNoFault() {
        assertThat(Doctor.examine(fleet(prefill("m")), 30))
                .filteredOn(f -> f.verdict() == Verdict.LACKING)
                .extracting(Finding::what)
                .containsExactly(
                        "there is no frontend: the arrival rate is a lower bound and TTFT an estimate");
    }

    private static List<Patient> fleet(String prefill) {
        return List.of(
                patient(Source.PREFILL, "p", prefill, 5),
                patient(Source.DECODE, "d", decode(200), 5));
    }

    @Test
    void aRoleWithoutPodsAndAPodInTwoRolesAreFaults() {
        var faults = faults(Doctor.examine(List.of(patient(Source.DECODE, "d", decode(9), 1)), 30));
        assertThat(faults).extracting(Finding::what).containsExactly("there is no prefill pod");

        var both =
                faults(
                        Doctor.examine(
                                List.of(
                                        patient(Source.PREFILL, "x", prefill("m"), 1),
                                        patient(Source.DECODE, "x", decode(9), 1)),
                                30));
        assertThat(both)
                .extracting(Finding::what)
                .containsExactly("it is counted as decode and prefill");
    }

    /// Bodies of every engine, where the shared folder is present.
    @Test
    void sampleFleetsOfEveryEngineAreHealthy() throws IOException {
        var folder =
                Path.of(System.getProperty("ratematch.root", "."))
                        .resolveSibling("shared")
                        .resolve("scrapes");
        for (String engine : List.of("vllm", "sglang", "trtllm", "dynamo")) {
            var patients = new ArrayList<Patient>();
            for (var source : List.of(Source.PREFILL, Source.DECODE)) {
                var file =
                        folder.resolve(
                                engine + "-" + source.name().toLowerCase(Locale.ROOT) + ".prom");
                if (Files.exists(file)) {
                    patients.add(patient(source, source.label(), Files.readString(file), 1));
                }
            }
            assertThat(patients.isEmpty() ? List.of() : faults(Doctor.examine(patients, 30)))
                    .as(engine)
                    .isEmpty();
        }
    }

    @Test
    void modelsWithoutEndAreNamedInPart() {
        var patients = new ArrayList<Patient>();
        for (int i = 0; i < 50; i++) {
            patients.add(patient(Source.PREFILL, "p" + i, prefill(i + "x".repeat(9000)), 5));
        }

        assertThat(faults(Doctor.examine(patients, 30)))
                .filteredOn(f -> f.check() == Check.LABELLED)
                .singleElement()
                .satisfies(f -> assertThat(f.what()).contains("and 45 more").hasSizeLessThan(1000));
    }
}
