package dev.ratematch.controller.telemetry.doctor;

import java.util.Set;
import java.util.stream.Collectors;

/// Names of models as labels give them, for people.
final class ModelNames {

    private static final int MODELS_SHOWN = 5;
    private static final int NAME_SHOWN = 100;

    private ModelNames() {}

    /// A few of them, each as far as it tells something: labels may hold anything.
    static String some(Set<String> models) {
        String some =
                models.stream()
                        .limit(MODELS_SHOWN)
                        .map(ModelNames::shown)
                        .collect(Collectors.joining(", "));
        int more = models.size() - MODELS_SHOWN;
        return more > 0 ? "%s and %d more".formatted(some, more) : some;
    }

    /// One of them, as far as it tells something.
    static String shown(String name) {
        return name.length() > NAME_SHOWN ? name.substring(0, NAME_SHOWN) + "..." : name;
    }
}
