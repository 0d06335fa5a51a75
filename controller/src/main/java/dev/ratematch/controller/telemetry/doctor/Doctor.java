package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.observe.Reading;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

    /// Requests from which on their mean length tells a role.
    private static final double REQUESTS_TELLING = 20;

    /// Age up to which the controller acts on what it reads.
    public static final double FRESH_SECONDS = 120;

    private static final double SECONDS_PLAUSIBLE_MAX = 600;

    /// Where nothing below a second is told apart, a mean above this is in milliseconds.
    private static final double COARSE_SECONDS_MAX = 10;

    private static final double ITL_PLAUSIBLE_MAX_SECONDS = 5;

    private final double freshSeconds;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(double freshSeconds) {
        this.freshSeconds = freshSeconds;
    }

    /// Everything that there is to say, pod by pod and then of all.
    ///
    /// @param freshSeconds age up to which an answer is acted on
    public static List<Finding> examine(List<Patient> patients, double freshSeconds) {
        var doctor = new Doctor(freshSeconds);
        for (var source : List.of(Source.PREFILL, Source.DECODE)) {
            if (patients.stream().noneMatch(p -> p.source() == source)) {
                doctor.fault(
                        source,
                        "all",
                        Check.PRESENT,
                        "there is no %s pod".formatted(source.label()),
                        "let the selector or the list of targets of this role name its pods");
            }
        }
        patients.forEach(doctor::one);
        doctor.together(patients);
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
                            ? "nothing has been scraped from it of late"
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
        role(patient);
        units(patient, life);
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
        if (offering.isEmpty()) {
            lacking(
                    patient,
                    "%s does not expose %s".formatted(titles(patient.spoken().dialects()), what),
                    "a frontend that does (Dynamo, llm-d) would make this exact; see"
                            + " docs/telemetry.md");
            return;
        }
        var readings = facts.stream().map(f -> reading(life, f)).toList();
        if (readings.stream().anyMatch(r -> !(r instanceof Reading.Unknown))) {
            good(patient.source(), patient.answer().pod(), Check.PRESENT, what);
            return;
        }
        String why =
                readings.stream()
                        .filter(r -> r instanceof Reading.Unknown)
                        .map(r -> ((Reading.Unknown) r).why())
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
                        ? "see whether the engine or a recording rule makes it NaN"
                        : "%s; where it is named otherwise, rename %s (--metric %s=NAME)"
                                .formatted(
                                        offering.getFirst().enable(),
                                        facts.getFirst().label(),
                                        facts.getFirst().label()));
    }

    private static boolean isNative(String reading) {
        return reading.contains(NativeHistograms.WHY);
    }

    private static Reading reading(ScrapeWindow life, Fact fact) {
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
            if (reading.toString().contains("is no number") || isNative(reading.toString())) {
                return reading;
            }
        }
        return readings[0];
    }

    /// Prefill pods put out one token a request, whatever engine they are.
    private void role(Patient patient) {
        if (patient.source() == Source.FRONTEND) {
            return;
        }
        String pod = patient.answer().pod();
        var output = life(patient, Source.DECODE).histogram(Fact.OUTPUT_TOKENS);
        boolean telling = output.readable() && output.count().orElse(0) >= REQUESTS_TELLING;
        double tokens = output.mean().orElse(0);
        boolean prefill = patient.source() == Source.PREFILL;
        if (telling && prefill == tokens > 1.5) {
            fault(
                    patient.source(),
                    pod,
                    Check.ROLE,
                    String.format(
                            Locale.ROOT,
                            "it has put out %.1f tokens a request, as a %s pod does",
                            tokens,
                            prefill ? "decode" : "prefill"),
                    "swap the selectors of the roles, or label this pod with its own");
        } else if (telling) {
            good(patient.source(), pod, Check.ROLE, "its output lengths are those of the role");
        }
    }

    private void units(Patient patient, ScrapeWindow life) {
        var used = life.gaugeMean(Fact.KV_USED);
        unit(patient, used, 1.01, "share of KV in use", "percent", Fact.KV_USED);
        for (var fact : List.of(Fact.FIRST_TOKEN, Fact.TTFT)) {
            var seen = life.histogram(fact);
            boolean coarse = seen.histogram().finestBound().orElse(0) >= 1;
            double most = coarse ? COARSE_SECONDS_MAX : SECONDS_PLAUSIBLE_MAX;
            unit(patient, seen.mean(), most, fact.description() + ", s,", "milliseconds", fact);
        }
        for (var fact : List.of(Fact.ITL, Fact.EVENT_GAP)) {
            var mean = life.histogram(fact).mean();
            unit(
                    patient,
                    mean,
                    ITL_PLAUSIBLE_MAX_SECONDS,
                    fact.description() + ", s,",
                    "milliseconds",
                    fact);
        }
    }

    private void unit(
            Patient patient, Reading seen, double most, String what, String unit, Fact fact) {
        if (!seen.known()) {
            return;
        }
        String pod = patient.answer().pod();
        double value = seen.orElse(0);
        String shown = String.format(Locale.ROOT, "%s is %.4g", what, value);
        if (value < 0) {
            fault(patient.source(), pod, Check.PLAUSIBLE, shown, "it cannot be negative");
        } else if (value > most) {
            fault(
                    patient.source(),
                    pod,
                    Check.UNIT,
                    shown,
                    "this looks like %s; rename %s to a metric in the unit of the engine's own"
                                    .formatted(unit, fact.label())
                            + " (--metric %s=NAME), or expose it as the engine does"
                                    .formatted(fact.label()));
        } else {
            good(patient.source(), pod, Check.UNIT, shown);
        }
    }

    /// What only shows when pods are seen side by side.
    private void together(List<Patient> patients) {
        var roles = new TreeMap<String, TreeSet<String>>();
        for (var source : Source.values()) {
            var models = new TreeSet<String>();
            for (var patient : patients) {
                if (patient.source() == source) {
                    models.addAll(models(patient));
                    roles.computeIfAbsent(patient.answer().pod(), _ -> new TreeSet<>())
                            .add(source.label());
                }
            }
            if (models.size() > 1 && source == Source.FRONTEND && Adapters.of(patients)) {
                good(
                        source,
                        "all",
                        Check.LABELLED,
                        "adapters of one model: " + String.join(", ", models));
            } else if (models.size() > 1) {
                fault(
                        source,
                        "all",
                        Check.LABELLED,
                        "pods of several models: " + ModelNames.some(models),
                        "narrow the selector to one model; each model has lengths and speeds of"
                                + " its own");
            } else if (!models.isEmpty()) {
                good(source, "all", Check.LABELLED, "one model: " + ModelNames.some(models));
            }
        }
        roles.forEach(
                (pod, of) -> {
                    if (of.size() > 1) {
                        fault(
                                Source.DECODE,
                                pod,
                                Check.LABELLED,
                                "it is counted as " + String.join(" and ", of),
                                "let the selectors of the roles exclude each other");
                    }
                });
    }

    private void frontend(List<Patient> patients) {
        if (patients.stream().noneMatch(p -> p.source() == Source.FRONTEND)) {
            findings.add(
                    new Finding(
                            Source.FRONTEND,
                            "all",
                            Check.PRESENT,
                            Verdict.LACKING,
                            "there is no frontend: arrivals are a lower bound, TTFT an estimate",
                            "name the frontend (Dynamo's, or llm-d's endpoint picker) if there is"
                                    + " one"));
        }
    }

    /// Some write the name in lower case.
    private static Set<String> models(Patient patient) {
        var models = new TreeSet<String>();
        var scrape = patient.answer().scrape();
        if (scrape != null) {
            for (var sample : scrape.samples()) {
                for (String label : List.of("model_name", "model")) {
                    String model = sample.series().label(label);
                    if (model != null && !model.isEmpty()) {
                        models.add(model.toLowerCase(Locale.ROOT));
                    }
                }
            }
        }
        return models;
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
