package dev.ratematch.controller.telemetry.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.guard.Consistency;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.RealScrapes;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a doctor says of pods that were recorded, and whether `recommend` says the same.
class RealDoctorTest {

    private static final Identity NOBODY = Identity.of(List.of());

    /// Without the shared folder there is nothing to look at.
    private static Optional<Path> scrapes() {
        var folder =
                Path.of(System.getProperty("ratematch.root", "."))
                        .resolveSibling("shared")
                        .resolve("scrapes");
        return Files.isDirectory(folder) ? Optional.of(folder) : Optional.empty();
    }

    private static List<Patient> patients(RealScrapes recorded) {
        var patients = new ArrayList<Patient>();
        recorded.prefill().forEach(f -> patients.add(patient(recorded, f, Source.PREFILL)));
        recorded.decode().forEach(f -> patients.add(patient(recorded, f, Source.DECODE)));
        if (!recorded.frontend().isEmpty()) {
            patients.add(patient(recorded, recorded.frontend(), Source.FRONTEND));
        }
        return patients;
    }

    private static Patient patient(RealScrapes recorded, String file, Source as) {
        var answer = RealScrapes.pod(file, recorded.body(file, 2), as);
        var scrape = answer.scrape();
        var names = scrape == null ? List.<String>of() : scrape.names();
        return new Patient(as, answer, Catalogue.shipped().detect(names, as), 5);
    }

    private static List<Finding> of(List<Finding> findings, Verdict verdict) {
        return findings.stream().filter(f -> f.verdict() == verdict).toList();
    }

    private static List<Finding> examined(RealScrapes recorded) {
        return Doctor.examine(patients(recorded), 30);
    }

    private static boolean canAdvise(Snapshot seen) {
        return Estimator.window(seen, List.of()).isPresent()
                && Consistency.contradiction(seen).isEmpty();
    }

    @Test
    void doctorAndRecommendAgreeOnEachRecordedSystem() {
        var folder = scrapes();
        if (folder.isEmpty()) {
            return;
        }
        for (var recorded :
                List.of(
                        RealScrapes.dynamo(folder.get()),
                        RealScrapes.dynamo(folder.get()).alone(),
                        RealScrapes.vllm(folder.get()),
                        RealScrapes.sglang(folder.get()))) {
            var seen = recorded.window(95);
            var all = Readiness.with(examined(recorded), NOBODY, seen);

            assertThat(of(all, Verdict.FAULT).isEmpty())
                    .as("%s: %s", recorded.decode(), of(all, Verdict.FAULT))
                    .isEqualTo(canAdvise(seen));
        }
        assertThat(canAdvise(RealScrapes.dynamo(folder.get()).window(95))).isTrue();
        assertThat(canAdvise(RealScrapes.vllm(folder.get()).window(95))).isTrue();
    }

    /// Of Dynamo's mockers nine things are missing, each of which the frontend has.
    @Test
    void workersThatPassNoEngineMetricsLackWhatTheFrontendHas() {
        var folder = scrapes();
        if (folder.isEmpty()) {
            return;
        }
        var findings = examined(RealScrapes.dynamo(folder.get()));

        assertThat(of(findings, Verdict.FAULT)).isEmpty();
        assertThat(of(findings, Verdict.LACKING))
                .allMatch(f -> f.fix().contains("pass its engine's metrics on"))
                .extracting(f -> f.subject() + ": " + f.what())
                .contains(
                        "dynamo-prefill0: Dynamo worker does not expose requests that wait, those"
                                + " that wait for KV included: a queue in the engine is only seen"
                                + " through TTFT, and no backlog is planned for",
                        "dynamo-prefill0: Dynamo worker does not expose input lengths: the"
                                + " frontend's are read instead",
                        "dynamo-decode2: vLLM and Dynamo worker does not expose output lengths: the"
                                + " frontend's are read instead",
                        "dynamo-decode2: vLLM and Dynamo worker does not expose KV tokens that one"
                                + " replica can hold: the frontend's figure of one worker is read"
                                + " instead");
    }

    @Test
    void whatNobodyTellsAndAdviceNeedsIsAFault() {
        var folder = scrapes();
        if (folder.isEmpty()) {
            return;
        }
        assertThat(of(examined(RealScrapes.dynamo(folder.get()).alone()), Verdict.FAULT))
                .extracting(Finding::what)
                .contains("no metric shows input lengths, which recommend needs");
    }

    @Test
    void sglangsPrefillNeedsNoTtftAndItsEngineTypeIsItsRole() {
        var folder = scrapes();
        if (folder.isEmpty()) {
            return;
        }
        var recorded = RealScrapes.sglang(folder.get());

        assertThat(of(examined(recorded), Verdict.FAULT)).isEmpty();
        assertThat(examined(recorded))
                .filteredOn(f -> f.check() == Check.ROLE)
                .extracting(Finding::what)
                .containsExactly(
                        "its metrics say engine_type=\"prefill\"",
                        "its metrics say engine_type=\"decode\"");

        var swapped =
                Doctor.examine(
                        List.of(
                                patient(recorded, recorded.decode().getFirst(), Source.PREFILL),
                                patient(recorded, recorded.prefill().getFirst(), Source.DECODE)),
                        30);
        assertThat(of(swapped, Verdict.FAULT))
                .filteredOn(f -> f.check() == Check.ROLE)
                .extracting(Finding::what)
                .containsExactly(
                        "its metrics say engine_type=\"decode\"",
                        "its metrics say engine_type=\"prefill\"");
    }

    /// A Dynamo prefill worker says its component, before it has put out a token.
    @Test
    void aDynamoWorkersComponentIsItsRole() {
        var folder = scrapes();
        if (folder.isEmpty()) {
            return;
        }
        var recorded = RealScrapes.dynamo(folder.get());
        var wrong = patient(recorded, recorded.prefill().getFirst(), Source.DECODE);

        assertThat(RoleCheck.of(wrong).map(Finding::what))
                .contains("its metrics say dynamo_component=\"prefill\"");
        var backend = patient(recorded, recorded.decode().getFirst(), Source.DECODE);
        assertThat(RoleCheck.of(backend)).isEmpty();
    }
}
