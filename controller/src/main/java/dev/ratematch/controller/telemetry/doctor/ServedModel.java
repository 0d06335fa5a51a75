package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Whether the name that engines serve a model by can mean the model that is asked about. Names are
/// free, so only what speaks against it counts: another size, or another family.
public final class ServedModel {

    /// Billions of parameters, as names write them: 70b, 235B, 0.5b.
    private static final Pattern SIZE =
            Pattern.compile("(?<![a-z0-9.])(\\d+(?:\\.\\d+)?)b(?![a-z])");

    private static final Pattern FAMILY = Pattern.compile("^[a-z]+");

    private static final Set<String> FAMILIES =
            Models.all().stream()
                    .map(ModelSpec::name)
                    .map(name -> family(name).orElse(name))
                    .collect(Collectors.toUnmodifiableSet());

    private ServedModel() {}

    private static Optional<String> family(String name) {
        var found = FAMILY.matcher(name);
        return found.find() ? Optional.of(found.group()) : Optional.empty();
    }

    /// The one model of the catalogue that all pools' names mean; empty where they name none, or
    /// several.
    public static Optional<String> among(List<Patient> patients) {
        var served = new TreeSet<String>();
        patients.stream()
                .filter(patient -> patient.source() != Source.FRONTEND)
                .forEach(patient -> served.addAll(SideBySide.models(patient)));
        return served.size() == 1 ? catalogued(served.getFirst()) : Optional.empty();
    }

    /// The model of the catalogue whose name's parts are all in `served`; of several the one with
    /// the most.
    static Optional<String> catalogued(String served) {
        var parts = parts(served);
        return Models.all().stream()
                .map(ModelSpec::name)
                .filter(name -> parts.containsAll(parts(name)) && !differs(served, name))
                .max(Comparator.comparingInt(name -> parts(name).size()));
    }

    private static Set<String> parts(String name) {
        return new TreeSet<>(List.of(name.toLowerCase(Locale.ROOT).split("[-_/]", -1)));
    }

    /// Whether `served` must be another model than `asked`.
    public static boolean differs(String served, String asked) {
        String label = served.toLowerCase(Locale.ROOT);
        String named = asked.toLowerCase(Locale.ROOT);
        var theirs = size(label);
        var ours = size(named);
        if (theirs.isPresent() && ours.isPresent()) {
            return !theirs.get().equals(ours.get());
        }
        var seen = families(label);
        var meant = families(named);
        return !seen.isEmpty() && !meant.isEmpty() && seen.stream().noneMatch(meant::contains);
    }

    /// The largest: a mixture of experts also names its active parameters.
    private static Optional<Double> size(String name) {
        return SIZE.matcher(name)
                .results()
                .map(m -> Double.valueOf(m.group(1)))
                .max(Comparator.naturalOrder());
    }

    private static Set<String> families(String name) {
        var found = new TreeSet<String>();
        for (String family : FAMILIES) {
            if (name.contains(family)) {
                found.add(family);
            }
        }
        return found;
    }
}
