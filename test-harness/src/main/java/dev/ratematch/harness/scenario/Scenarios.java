package dev.ratematch.harness.scenario;

import java.util.List;
import java.util.stream.Stream;

/// Every scenario of the judge. Loads that end in a figure of hundredths were found by `ratematch
/// judge --find-loads`; those in a name are given.
public final class Scenarios {

    /// Small ones, for a quick look.
    private static final List<String> QUICK = List.of("pool-8", "pool-4", "idle-night-8");

    private Scenarios() {}

    /// All of them, in the order of reports.
    public static List<Scenario> all() {
        return Stream.of(
                        ShiftingScenarios.all(),
                        CalmScenarios.all(),
                        TroubledScenarios.all(),
                        RecordedScenarios.all())
                .flatMap(List::stream)
                .toList();
    }

    /// The one of this name.
    public static Scenario named(String name) {
        return all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "No scenario is named %s.".formatted(name)));
    }

    /// Those that are run within minutes.
    public static List<Scenario> quick() {
        return all().stream().filter(s -> QUICK.contains(s.name())).toList();
    }
}
