package dev.ratematch.harness.scenario;

import dev.ratematch.controller.observe.Slo;
import java.util.List;

/// Recorded traces, read from where they lie. They are not part of this project.
final class RecordedScenarios {

    /// Its longest prompts take that long by themselves.
    private static final Slo LONG_PROMPTS = new Slo(5, 0.030, 95);

    private RecordedScenarios() {}

    static List<Scenario> all() {
        return List.of(
                recorded("conversation", "azure-2023-conv.part1.csv.gz", 0, 2330, 0.60),
                recorded("code", "azure-2023-code.part1.csv.gz", 0, 2290, 0.60),
                recorded("r1", "servegen-deepseek-r1.resampled.part1.csv.gz", 0, 7200, 0.60),
                recorded("mooncake", "mooncake-fast25-conversation.part1.jsonl.gz", 0, 2097, 0.60)
                        .promising(LONG_PROMPTS),
                recorded("m-large", "servegen-m-large-day04.resampled.csv.gz", 28800, 32400, 0.60),
                recorded("aibrix", "aibrix-autoscaling-8min.csv", 0, 456, 0.40));
    }

    private static Scenario recorded(
            String name, String file, double from, double to, double load) {
        return CalmScenarios.calm(
                name,
                "Recorded: %s, %.0f to %.0f s.".formatted(file, from, to),
                new Traffic.Recorded(file, from, to),
                load);
    }
}
