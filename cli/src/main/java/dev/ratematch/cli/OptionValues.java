package dev.ratematch.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/// Options of the control law, one by one.
public final class OptionValues {

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description =
                    "Set an option of the control law, such as demandMargin=0.3 "
                            + "(docs/options.md). Repeatable.")
    private Map<String, String> given = new LinkedHashMap<>();

    /// No option yet.
    public OptionValues() {}

    /// Writes them over those of a service's fields, which are checked when they are read.
    public void into(ObjectNode service) {
        if (given.isEmpty()) {
            return;
        }
        if (service.hasNonNull("options") && !service.get("options").isObject()) {
            throw new IllegalArgumentException(
                    "options (%s) must be an object.".formatted(service.get("options")));
        }
        var options = service.withObject("/options");
        given.forEach((key, value) -> put(options, key, value));
    }

    private static void put(ObjectNode options, String key, String value) {
        try {
            double number = Double.parseDouble(value);
            if (Double.isFinite(number)) {
                options.put(key, number);
                return;
            }
        } catch (NumberFormatException e) {
            // Refused by name where it is read, as in a file.
        }
        options.put(key, value);
    }
}
