package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Finding.Check;
import dev.ratematch.controller.telemetry.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What only shows when pods are seen side by side: whose model they serve, and that each has one
/// role.
final class SideBySide {

    /// Labels that hold the model's name, over the engines.
    private static final List<String> MODEL = List.of("model_name", "model");

    private final List<Finding> findings = new ArrayList<>();

    private SideBySide() {}

    /// @param asked the model that the pods should serve; empty where that was not said
    static List<Finding> of(List<Patient> patients, String asked) {
        var all = new SideBySide();
        for (var source : Source.values()) {
            all.models(source, patients, asked);
        }
        all.roles(patients);
        return all.findings;
    }

    private void models(Source source, List<Patient> patients, String asked) {
        var models = new TreeSet<String>();
        patients.stream().filter(p -> p.source() == source).forEach(p -> models.addAll(models(p)));
        if (models.isEmpty()) {
            return;
        }
        String names = ModelNames.some(models);
        boolean others =
                !asked.isEmpty() && models.stream().allMatch(m -> ServedModel.differs(m, asked));
        if (others) {
            fault(
                    source,
                    "all",
                    "the model served is %s, and --model says %s".formatted(names, asked),
                    ("set --model to the model that is served, or make --%s-selector "
                                    + "match the pods that serve %s")
                            .formatted(source.label(), asked));
        } else if (models.size() == 1) {
            good(source, "one model: " + names);
        } else if (source == Source.FRONTEND && Adapters.of(patients)) {
            good(source, "adapters of one model: " + names);
        } else {
            fault(
                    source,
                    "all",
                    "pods of several models: " + names,
                    "narrow --%s-selector to one model, by the label that names it; each model has lengths and speeds of its own"
                            .formatted(source.label()));
        }
    }

    private void roles(List<Patient> patients) {
        var roles = new TreeMap<String, Set<String>>();
        for (var patient : patients) {
            roles.computeIfAbsent(patient.answer().pod(), _ -> new TreeSet<>())
                    .add(patient.source().label());
        }
        roles.forEach(
                (pod, of) -> {
                    if (of.size() > 1) {
                        fault(
                                Source.DECODE,
                                pod,
                                "it is counted as " + String.join(" and ", of),
                                "make --prefill-selector and --decode-selector match "
                                        + "different pods");
                    }
                });
    }

    /// Some write the name in lower case.
    static Set<String> models(Patient patient) {
        var models = new TreeSet<String>();
        var scrape = patient.answer().scrape();
        if (scrape != null) {
            for (var sample : scrape.samples()) {
                for (String label : MODEL) {
                    String model = sample.series().label(label);
                    if (model != null && !model.isEmpty()) {
                        models.add(model.toLowerCase(Locale.ROOT));
                    }
                }
            }
        }
        return models;
    }

    private void good(Source source, String what) {
        findings.add(new Finding(source, "all", Check.LABELLED, Verdict.GOOD, what, ""));
    }

    private void fault(Source source, String subject, String what, String fix) {
        findings.add(new Finding(source, subject, Check.LABELLED, Verdict.FAULT, what, fix));
    }
}
