package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Reading.Unknown;
import dev.ratematch.controller.telemetry.NativeHistograms;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.ScrapeHistory;
import dev.ratematch.controller.telemetry.ScrapeWindow;
import dev.ratematch.controller.telemetry.dialect.Dialect;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Looks at what pods expose, each on its own and all together, over their whole lives.
public final class Doctor {

    private static final Map<Source, List<List<Fact>>> NEEDED =
            Map.of(
                    Source.PREFILL,
                    List.of(
                            List.of(Fact.RUNNING),
                            List.of(Fact.WAITING),
                            List.of(Fact.INPUT_TOKENS),
                            List.of(Fact.FIRST_TOKEN),
                            List.of(Fact.PREFIX_HITS),
                            List.of(Fact.KV_USED)),
                    Source.DECODE,
                    List.of(
                            List.of(Fact.RUNNING),
                            List.of(Fact.WAITING),
                            List.of(Fact.FINISHED),
                            List.of(Fact.OUTPUT_TOKENS),
                            List.of(Fact.ITL, Fact.EVENT_GAP),
                            List.of(Fact.KV_USED),
                            List.of(Fact.KV_CAPACITY)),
                    Source.FRONTEND,
                    List.of(List.of(Fact.STARTED), List.of(Fact.TTFT)));

    /// Age up to which the controller acts on what it reads.
    public static final double FRESH_SECONDS = 120;

    private final double freshSeconds;
    private final StandIns standIns;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(double freshSeconds, StandIns standIns) {
        this.freshSeconds = freshSeconds;
        this.standIns = standIns;
    }

    /// Everything that there is to say of pods that may serve any model.
    public static List<Finding> examine(List<Patient> patients, double freshSeconds) {
        return examine(patients, freshSeconds, "");
    }

    /// Everything that there is to say, pod by pod and then of all.
    ///
    /// @param freshSeconds age up to which an answer is acted on
    /// @param asked the model that the pods should serve; empty where that was not said
    public static List<Finding> examine(List<Patient> patients, double freshSeconds, String asked) {
        var doctor = new Doctor(freshSeconds, StandIns.among(patients));
        for (var source : List.of(Source.PREFILL, Source.DECODE)) {
            if (patients.stream().noneMatch(p -> p.source() == source)) {
                doctor.fault(
                        source,
                        "all",
                        Check.PRESENT,
                        "there is no %s pod".formatted(source.label()),
                        "make the selector, or the list of targets, of this role match its pods");
            }
        }
        patients.forEach(doctor::one);
        doctor.essential(patients, Source.PREFILL, Fact.INPUT_TOKENS);
        doctor.essential(patients, Source.DECODE, Fact.OUTPUT_TOKENS);
        doctor.findings.addAll(SideBySide.of(patients, asked));
        doctor.frontend(patients);
        return List.copyOf(doctor.findings);
    }

    private void one(Patient patient) {
        String pod = patient.answer().pod();
        if (!patient.answer().error().isEmpty() || patient.answer().scrape() == null) {
            fault(
                    patient.source(),
                    pod,
                    Check.PRESENT,
                    patient.answer().error().isEmpty()
                            ? "nothing was scraped from it recently"
                            : patient.answer().error(),
                    "give the port and path of the engine's own metrics, switch them on (SGLang:"
                            + " --enable-metrics; TensorRT-LLM: return_perf_metrics; Dynamo:"
                            + " DYN_SYSTEM_PORT), or take this pod off the list");
            return;
        }
        good(patient.source(), pod, Check.ENGINE, patient.spoken().reason());
        if (patient.ageSeconds() <= freshSeconds) {
            good(patient.source(), pod, Check.FRESH, age(patient.ageSeconds()));
        } else {
            fault(
                    patient.source(),
                    pod,
                    Check.FRESH,
                    age(patient.ageSeconds()),
                    String.format(
                            Locale.ROOT,
                            "scrape it at least every %.0f s, and see whether it still is; where the"
                                    + " store is that late, --window %.0fm",
                            freshSeconds / 2,
                            Math.ceil(patient.ageSeconds() / 60 + 1)));
        }
        var life = life(patient, patient.source());
        for (var facts : NEEDED.getOrDefault(patient.source(), List.of())) {
            present(patient, facts, life);
        }
        RoleCheck.of(patient).ifPresent(findings::add);
        findings.addAll(UnitCheck.of(patient, life));
    }

    private static String age(double seconds) {
        return String.format(Locale.ROOT, "%.0f s old", seconds);
    }

    /// All that a pod has counted, read as a pod of that kind.
    static ScrapeWindow life(Patient patient, Source as) {
        var history = new ScrapeHistory(as, 10, Double.MAX_VALUE);
        history.append(0, List.of());
        var answer = patient.answer();
        history.append(
                1,
                List.of(
                        new PodScrape(
                                answer.pod(),
                                answer.replica(),
                                answer.scrape(),
                                "",
                                patient.spoken().dialects(),
                                Double.POSITIVE_INFINITY,
                                Double.NaN)));
        return history.window(1, 10);
    }

    /// Any of the facts will do.
    private void present(Patient patient, List<Fact> facts, ScrapeWindow life) {
        var offering =
                patient.spoken().dialects().stream()
                        .filter(
                                d ->
                                        facts.stream()
                                                .anyMatch(
                                                        f ->
                                                                !d.metrics(f, patient.source())
                                                                        .isEmpty()))
                        .toList();
        String what = facts.getFirst().description();
        var instead = standIns.of(patient.source(), facts.getFirst());
        var readings = facts.stream().map(f -> reading(life, f)).toList();
        if (!offering.isEmpty() && readings.stream().anyMatch(r -> !(r instanceof Unknown))) {
            good(patient.source(), patient.answer().pod(), Check.PRESENT, what);
            return;
        }
        boolean hiddenOrWrong = readings.stream().anyMatch(Doctor::unreadable);
        if (offering.isEmpty() || (instead.isPresent() && !hiddenOrWrong)) {
            absent(patient, facts.getFirst(), instead.orElse(""));
            return;
        }
        String why =
                readings.stream()
                        .filter(r -> r instanceof Unknown)
                        .map(r -> ((Unknown) r).why())
                        .collect(Collectors.joining("; "));
        var hidden = readings.stream().map(Object::toString).filter(Doctor::isNative).findFirst();
        if (hidden.isPresent()) {
            fault(
                    patient.source(),
                    patient.answer().pod(),
                    Check.PRESENT,
                    "%s: it %s".formatted(what, NativeHistograms.WHY),
                    NativeHistograms.FIX);
            return;
        }
        boolean number = why.contains("is no number");
        fault(
                patient.source(),
                patient.answer().pod(),
                number ? Check.PLAUSIBLE : Check.PRESENT,
                "%s: %s".formatted(what, why),
                number
                        ? "check whether the engine or a recording rule makes it NaN"
                        : "%s; where it is named otherwise, rename %s (--metric %s=NAME)"
                                .formatted(
                                        offering.getFirst().enable(),
                                        facts.getFirst().label(),
                                        facts.getFirst().label()));
    }

    /// That decode counts TTFT from arrival makes prefill's needless; all else is at a loss.
    private void absent(Patient patient, Fact fact, String instead) {
        var spoken = patient.spoken().dialects();
        if (fact == Fact.FIRST_TOKEN && !instead.isEmpty()) {
            good(patient.source(), patient.answer().pod(), Check.PRESENT, instead);
            return;
        }
        lacking(
                patient,
                "%s does not expose %s: %s"
                        .formatted(
                                titles(spoken),
                                fact.description(),
                                instead.isEmpty() ? StandIns.cost(fact) : instead),
                StandIns.remedy(spoken));
    }

    private static boolean unreadable(Reading reading) {
        return reading.toString().contains("is no number") || isNative(reading.toString());
    }

    private static boolean isNative(String reading) {
        return reading.contains(NativeHistograms.WHY);
    }

    /// Whatever it is told by.
    static Reading reading(ScrapeWindow life, Fact fact) {
        var gauge = life.gauge(fact);
        if (gauge.known()) {
            return gauge;
        }
        var count = life.increase(fact);
        if (count.known()) {
            return count;
        }
        var histogram = life.histogram(fact);
        return histogram.readable() ? histogram.count() : worst(gauge, count, histogram.count());
    }

    /// That a value is no number, or kept in a form that cannot be read, is said before that there
    /// is none.
    private static Reading worst(Reading... readings) {
        for (var reading : readings) {
            if (unreadable(reading)) {
                return reading;
            }
        }
        return readings[0];
    }

    /// What `recommend` has no advice without must be told by somebody.
    private void essential(List<Patient> patients, Source source, Fact fact) {
        var own = patients.stream().filter(p -> p.source() == source).toList();
        boolean told =
                own.stream()
                        .filter(p -> p.answer().scrape() != null)
                        .anyMatch(p -> !(reading(life(p, source), fact) instanceof Unknown));
        boolean said =
                findings.stream()
                        .anyMatch(f -> f.source() == source && f.verdict() == Verdict.FAULT);
        if (own.isEmpty() || told || said || standIns.of(source, fact).isPresent()) {
            return;
        }
        fault(
                source,
                "all",
                Check.PRESENT,
                "no metric shows %s, which recommend needs".formatted(fact.description()),
                "name a frontend that has them (Dynamo's, or llm-d's endpoint picker), or %s"
                        .formatted(StandIns.remedy(own.getFirst().spoken().dialects())));
    }

    private void frontend(List<Patient> patients) {
        if (patients.stream().noneMatch(p -> p.source() == Source.FRONTEND)) {
            findings.add(
                    new Finding(
                            Source.FRONTEND,
                            "all",
                            Check.PRESENT,
                            Verdict.LACKING,
                            "there is no frontend: the arrival rate is a lower bound "
                                    + "and TTFT an estimate",
                            "name the frontend (Dynamo's, or llm-d's endpoint picker) if there is"
                                    + " one"));
        }
    }

    private static String titles(List<Dialect> dialects) {
        return dialects.stream().map(Dialect::title).collect(Collectors.joining(" and "));
    }

    private void good(Source source, String subject, Check check, String what) {
        findings.add(new Finding(source, subject, check, Verdict.GOOD, what, ""));
    }

    private void lacking(Patient patient, String what, String fix) {
        findings.add(
                new Finding(
                        patient.source(),
                        patient.answer().pod(),
                        Check.PRESENT,
                        Verdict.LACKING,
                        what,
                        fix));
    }

    private void fault(Source source, String subject, Check check, String what, String fix) {
        findings.add(new Finding(source, subject, check, Verdict.FAULT, what, fix));
    }
}
