package dev.ratematch.harness.engines;

import java.nio.file.Path;
import java.util.Optional;

/// Where a serving stack is installed, as `.ci/test-engines` says by system properties.
///
/// @param name for people
/// @param folder of its Python; empty where it is not installed
/// @param missing why it is not; empty where it is
record Installed(String name, String folder, String missing) {

    /// What the properties `ratematch.KEY` and `ratematch.KEY.missing` say.
    static Installed of(String name, String key) {
        return new Installed(
                name,
                System.getProperty("ratematch." + key, ""),
                System.getProperty("ratematch." + key + ".missing", ""));
    }

    /// Its Python, or nothing, of which the reason is told.
    ///
    /// @throws IllegalStateException where there is neither folder nor reason
    Optional<Path> python() {
        if (!folder.isEmpty()) {
            return Optional.of(Path.of(folder).resolve("python"));
        }
        if (missing.isEmpty()) {
            throw new IllegalStateException(
                    "Nobody said where %s is; run make test-engines.".formatted(name));
        }
        System.out.printf("NOT TESTED against %s: %s%n", name, missing);
        return Optional.empty();
    }
}
